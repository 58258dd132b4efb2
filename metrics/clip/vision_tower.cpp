#include "metrics/clip/vision_tower.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <array>

#include "results/errors.h"

namespace lidit {
namespace {

//                              image patch width depth heads hidden eps quick
constexpr std::array<ClipVisionSize, 4> kVisionSizes{{
    {"tiny", {32, 8, 24, 3, 4, 40, 1e-5, true}},
    {"clip-vit-b-32", {224, 32, 768, 12, 12, 3072, 1e-5, true}},
    {"clip-vit-l-14", {224, 14, 1024, 24, 16, 4096, 1e-5, true}},
    {"clip-vit-bigg-14", {224, 14, 1664, 48, 16, 8192, 1e-5, false}},
}};

ClipBlockOptions vision_block_options(const ClipVisionConfig& c) {
  return {.width = c.width,
          .heads = c.heads,
          .hidden = c.hidden,
          .norm_epsilon = c.norm_epsilon,
          .quick_gelu = c.quick_gelu,
          .causal = false};
}

std::int64_t patch_count(const ClipVisionConfig& c) {
  return (c.image / c.patch) * (c.image / c.patch);
}

}  // namespace

void check(const ClipVisionConfig& c, std::string_view where) {
  if (c.width % c.heads != 0)
    throw FileError(
        fmt::format("{}: {} heads do not divide a width of {} evenly", where, c.heads, c.width));
  if (c.image % c.patch != 0)
    throw FileError(fmt::format("{}: patches of {} pixels do not tile an image of {} pixels", where,
                                c.patch, c.image));
}

std::vector<ExpectedTensor> expected_tensors(const ClipVisionConfig& c) {
  std::vector<ExpectedTensor> all{
      {"embeddings.class_embedding", {c.width}},
      {"embeddings.patch_embedding.weight", {c.width, 3, c.patch, c.patch}},
      {"embeddings.position_embedding.weight", {1 + patch_count(c), c.width}},
  };
  append_affine("pre_layrnorm", {c.width}, all);  // spelt so in every checkpoint
  append_clip_blocks(vision_block_options(c), c.depth, all);
  append_affine("post_layernorm", {c.width}, all);
  return all;
}

std::span<const ClipVisionSize> clip_vision_sizes() { return kVisionSizes; }

ClipVisionTower::ClipVisionTower(const ClipVisionConfig& config, const NamedWeights& weights,
                                 at::ScalarType dtype, c10::Device device)
    : config_(config) {
  const auto read = [&](const char* name) { return weights.read(name, dtype).to(device); };
  class_token_ = read("embeddings.class_embedding");
  patches_ = read("embeddings.patch_embedding.weight");
  positions_ = read("embeddings.position_embedding.weight");
  const auto norm = [&](const char* name) {
    return FrozenNorm(weights, name, config.norm_epsilon, dtype, device);
  };
  first_norm_ = norm("pre_layrnorm");
  for (std::int64_t i = 0; i < config.depth; ++i)
    blocks_.emplace_back(vision_block_options(config), i, weights, dtype, device);
  last_norm_ = norm("post_layernorm");
}

Tensor ClipVisionTower::embed(const Tensor& pixels) const {
  const Tensor patches =
      at::conv2d(pixels, patches_, {}, config_.patch).flatten(2).transpose(1, 2);  // (N,P,D)
  const Tensor first = class_token_.expand({pixels.size(0), 1, config_.width});
  return at::cat({first, patches}, 1) + positions_;
}

Tensor ClipVisionTower::forward(const Tensor& pixels) const {
  TORCH_CHECK(pixels.dim() == 4 && pixels.size(1) == 3 && pixels.size(2) == config_.image &&
                  pixels.size(3) == config_.image,
              "pixels are (N,3,", config_.image, ",", config_.image, "), got ", pixels.sizes());
  const c10::InferenceMode frozen;
  const Tensor embedded = first_norm_(embed(pixels.to(patches_.options())));  // (N,T,D)
  const std::int64_t images = embedded.size(0), tokens = embedded.size(1);
  const Segments segments{.offsets = at::arange(images + 1, at::kLong) * tokens};
  Tensor hidden = embedded.flatten(0, 1);  // (N T,D)
  for (const ClipBlock& block : blocks_) hidden = block.forward(hidden, segments, {}, nullptr);
  return last_norm_(hidden.view({images, tokens, config_.width}).select(1, 0));
}

}  // namespace lidit
