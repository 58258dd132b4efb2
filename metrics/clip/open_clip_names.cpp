#include "metrics/clip/open_clip_names.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::string_view kLayers = "encoder.layers.";

using NamePair = std::pair<std::string_view, std::string_view>;  // ours, theirs

constexpr std::array<NamePair, 7> kOutsideBlocks{{
    {"embeddings.token_embedding.weight", "token_embedding.weight"},
    {"embeddings.position_embedding.weight", "positional_embedding"},
    {"embeddings.class_embedding", "class_embedding"},
    {"embeddings.patch_embedding.weight", "conv1.weight"},
    {"pre_layrnorm.", "ln_pre."},
    {"post_layernorm.", "ln_post."},
    {"final_layer_norm.", "ln_final."},
}};

constexpr std::array<NamePair, 5> kInBlocks{{
    {"layer_norm1.", "ln_1."},
    {"layer_norm2.", "ln_2."},
    {"self_attn.out_proj.", "attn.out_proj."},
    {"mlp.fc1.", "mlp.c_fc."},
    {"mlp.fc2.", "mlp.c_proj."},
}};

constexpr std::array<std::string_view, 3> kThirds{"self_attn.q_proj.", "self_attn.k_proj.",
                                                  "self_attn.v_proj."};

/// `name` with the first pair's ours, where it begins so, replaced by theirs.
std::string renamed(std::string_view name, std::span<const NamePair> pairs) {
  for (const auto& [ours, theirs] : pairs)
    if (name.starts_with(ours)) return fmt::format("{}{}", theirs, name.substr(ours.size()));
  return std::string(name);
}

const TensorView* find_view(const WeightFiles& files, std::string_view name) {
  for (const auto& file : files)
    if (const TensorView* view = file->find(name)) return view;
  return nullptr;
}

std::vector<std::int64_t> stored_shape(const ExpectedTensor& tensor, const OpenClipPlace& place) {
  std::vector<std::int64_t> shape = tensor.shape;
  if (place.third >= 0) shape.front() *= 3;
  return shape;
}

std::string where_of(const WeightFiles& files) { return files.front()->path().string(); }

}  // namespace

OpenClipPlace open_clip_place(std::string_view name, std::string_view tower) {
  if (!name.starts_with(kLayers))
    return {.name = fmt::format("{}{}", tower, renamed(name, kOutsideBlocks))};
  const std::string_view inner = name.substr(kLayers.size());
  const std::size_t dot = inner.find('.');
  const std::string block =
      fmt::format("{}transformer.resblocks.{}", tower, inner.substr(0, dot + 1));
  const std::string_view part = inner.substr(dot + 1);
  for (std::size_t third = 0; third < kThirds.size(); ++third)
    if (part.starts_with(kThirds[third]))  // in_proj_weight, in_proj_bias
      return {.name = fmt::format("{}attn.in_proj_{}", block, part.substr(kThirds[third].size())),
              .third = static_cast<int>(third)};
  return {.name = block + renamed(part, kInBlocks)};
}

Tensor read_whole(const WeightFiles& files, const std::string& name,
                  const std::vector<std::int64_t>& shape, const std::string& where) {
  const TensorView* view = find_view(files, name);
  if (!view) throw FileError(fmt::format("{}: the tensor {} is missing", where, name));
  if (view->shape != shape)
    throw FileError(fmt::format("{}: {} is {} instead of {}", where, name, view->shape, shape));
  const Tensor out = at::empty(shape, at::kFloat);
  dequantize(*view, {out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  return out;
}

OpenClipWeights::OpenClipWeights(WeightFiles files, std::vector<ExpectedTensor> expected,
                                 std::string tower)
    : files_(std::move(files)), expected_(std::move(expected)), tower_(std::move(tower)) {
  for (const ExpectedTensor& tensor : expected_) {
    const OpenClipPlace place = open_clip_place(tensor.name, tower_);
    const TensorView* view = find_view(files_, place.name);
    if (!view)
      throw FileError(fmt::format("{}: the tensor {} is missing", where_of(files_), place.name));
    const std::vector<std::int64_t> shape = stored_shape(tensor, place);
    if (view->shape != shape)
      throw FileError(fmt::format("{}: {} is {} instead of {}", where_of(files_), place.name,
                                  view->shape, shape));
  }
}

Tensor OpenClipWeights::read(std::string_view name, at::ScalarType dtype) const {
  const auto tensor = std::ranges::find(expected_, name, &ExpectedTensor::name);
  TORCH_CHECK(tensor != expected_.end(), "no tensor called ", std::string(name));
  const OpenClipPlace place = open_clip_place(name, tower_);
  const Tensor whole =
      read_whole(files_, place.name, stored_shape(*tensor, place), where_of(files_));
  if (place.third < 0) return whole.to(dtype);
  const std::int64_t rows = tensor->shape.front();
  return whole.narrow(0, place.third * rows, rows).contiguous().to(dtype);
}

Tensor OpenClipWeights::read_joined(std::span<const std::string> names,
                                    at::ScalarType dtype) const {
  std::vector<Tensor> parts;
  for (const std::string& name : names) parts.push_back(read(name, dtype));
  return at::cat(parts);
}

}  // namespace lidit
