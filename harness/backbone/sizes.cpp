#include "harness/backbone/sizes.h"

#include <array>

#include "encoders/layers/feed_forward.h"
#include "encoders/layers/timestep_embedding.h"
#include "results/names.h"

namespace lidit {
namespace {

std::int64_t linear(std::int64_t inputs, std::int64_t outputs) { return (inputs + 1) * outputs; }

std::int64_t block_parameters(const LiDiTOptions& o) {
  const std::int64_t d = o.width, head_norm = d / o.heads;  // RMSNorm of queries or keys
  const std::int64_t attention = 4 * linear(d, d) + 2 * head_norm;
  const std::int64_t feed_forward =
      linear(d, kFeedForwardRatio * d) + linear(kFeedForwardRatio * d, d);
  const std::int64_t single = attention + feed_forward + linear(d, 6 * d);
  switch (o.injection) {
    case TextInjection::cross_attention:
      return o.depth * (single + attention + linear(d, 3 * d));
    case TextInjection::in_context:
      return o.depth * single;
    case TextInjection::dual_stream:  // the last text has shift, scale, keys and values
      return (2 * o.depth - 1) * single + linear(d, 2 * d) + 2 * linear(d, d) + head_norm;
  }
  TORCH_CHECK(false, "no such text injection");
}

constexpr std::string_view kMicroNote =
    "small cells: gates 1 and a position table, because a few hundred steps are too few to open "
    "zero gates and to learn places from zero padding alone; refiners still start as the identity, "
    "with gates at 1 they learn more slowly than no refiner";
constexpr std::string_view kBenchNote = "the usual DiT shape, for throughput across sizes";

// name, width, depth, heads, patch, image, channels, gates, positions, refiner gates, note
constexpr auto kZero = GateInit::zero, kOne = GateInit::one;
const auto kSizes = std::to_array<BackboneSize>({
    {"tiny", 32, 2, 2, 4, 16, 3, kOne, 0.5, kOne, "for tests; starts like micro"},
    {"micro", 96, 2, 4, 4, 16, 3, kOne, 0.5, kZero, kMicroNote},
    {"mini", 128, 4, 4, 6, 36, 3, kOne, 0.5, kZero, kMicroNote},
    {"lidit-s", 384, 12, 6, 2, 32, 4, kZero, {}, kZero, kBenchNote},
    {"lidit-b", 768, 12, 12, 2, 32, 4, kZero, {}, kZero, kBenchNote},
    {"lidit-l", 1024, 24, 16, 2, 32, 16, kZero, {}, kZero, kBenchNote},
    {"lidit-1b", 1152, 28, 16, 2, 32, 16, kZero, {}, kZero, "the paper's LI-DiT-1B at 256 pixels"},
    {"lidit-10b",
     2816,
     48,
     44,
     2,
     64,
     16,
     kZero,
     {},
     kZero,
     "the paper's LI-DiT-10B at 512 pixels"},
});

}  // namespace

LiDiTOptions BackboneSize::options() const {
  return {.image_size = image_size,
          .channels = channels,
          .patch = patch,
          .width = width,
          .depth = depth,
          .heads = heads,
          .gate_init = gate_init,
          .position_sd = position_sd};
}

std::span<const BackboneSize> backbone_sizes() { return kSizes; }

const BackboneSize& backbone_size(std::string_view name) {
  return find_named("backbone size", name, kSizes);
}

ParameterCounts parameter_counts(const LiDiTOptions& o) {
  const std::int64_t d = o.width, values = o.patch * o.patch * o.channels;
  const std::int64_t positions = o.position_sd ? o.patches() * d : 0;
  return {
      .blocks = block_parameters(o),
      .embedders = linear(values, d) + linear(kTimestepFrequencies, d) + linear(d, d) + positions,
      .position_block = 2 * (linear(9 * d, d) + 2 * d),  // 3 x 3 convolution and GroupNorm
      .final_layer = linear(d, 2 * d) + linear(d, values)};
}

}  // namespace lidit
