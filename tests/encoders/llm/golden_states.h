// Hidden states that transformers computed, and how far ours are from them.
#pragma once
#include <ATen/ATen.h>

#include <filesystem>
#include <string>

#include "encoders/llm/family_table.h"
#include "encoders/weights/weight_file.h"

namespace lidit::testing_support {

inline std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(LIDIT_GOLDEN_DIR) / "llm" / name;
}

/// A tensor of a golden file: fp32 or int64.
inline Tensor golden_tensor(const WeightFile& file, std::string_view name) {
  const TensorView* view = file.find(name);
  TORCH_CHECK(view, "no tensor ", std::string(name), " in ", file.path().string());
  if (view->type == StorageType::i64) {
    const Tensor out = at::empty(view->shape, at::kLong);
    std::memcpy(out.mutable_data_ptr(), view->data.data(), view->data.size());
    return out;
  }
  const Tensor out = at::empty(view->shape, at::kFloat);
  dequantize(*view, {out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  return out;
}

/// The largest ||ours - theirs|| / ||theirs|| over all vectors of the last dimension.
inline double worst_error(const Tensor& ours, const Tensor& theirs) {
  TORCH_CHECK(ours.sizes() == theirs.sizes(), ours.sizes(), " against ", theirs.sizes());
  const Tensor reference = theirs.to(at::kDouble);
  return ((ours.to(at::kDouble) - reference).norm(2, -1) / reference.norm(2, -1))
      .max()
      .item<double>();
}

inline std::vector<std::int64_t> all_layers(const LanguageModelShape& shape) {
  std::vector<std::int64_t> layers;
  for (std::int64_t i = 0; i <= shape.depth; ++i) layers.push_back(i);
  return layers;
}

}  // namespace lidit::testing_support
