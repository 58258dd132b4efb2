// OpenCLIP's tensors under Hugging Face's names.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "encoders/llm/family_table.h"
#include "encoders/llm/named_weights.h"

namespace lidit {

/// One of our tensors in an OpenCLIP file: a whole tensor, or a third of its rows.
struct OpenClipPlace {
  std::string name;
  int third = -1;  // 0 queries, 1 keys, 2 values; -1: all of it
};

/// Where a tensor of a tower is; `tower` is "" (text) or "visual.".
OpenClipPlace open_clip_place(std::string_view name, std::string_view tower);

/// Weights of one tower.
class OpenClipWeights : public NamedWeights {
 public:
  /// FileError that lists what is missing or misshaped.
  OpenClipWeights(WeightFiles files, std::vector<ExpectedTensor> expected, std::string tower);
  Tensor read(std::string_view name, at::ScalarType dtype) const override;
  Tensor read_joined(std::span<const std::string> names, at::ScalarType dtype) const override;

 private:
  WeightFiles files_;
  std::vector<ExpectedTensor> expected_;
  std::string tower_;
};

/// The tensor called `name`, as fp32; FileError naming `where` when no file has it in that shape.
Tensor read_whole(const WeightFiles& files, const std::string& name,
                  const std::vector<std::int64_t>& shape, const std::string& where);

}  // namespace lidit
