#include "encoders/strategies/part_options.h"

#include <algorithm>

namespace lidit {
namespace {

std::int64_t heads_as_wide(std::int64_t width, std::int64_t head_width) {
  while (head_width < width && (width % head_width != 0 || head_width % 2 != 0)) ++head_width;
  return width / std::min(head_width, width);
}

}  // namespace

LinguisticTokenRefinerOptions refiner_options(const RefinerSettings& settings,
                                              const BranchShape& shape) {
  const bool states = settings.width == RefinerWidth::encoder;
  return {
      .width = states ? shape.encoder_width : shape.width,
      .heads = states ? heads_as_wide(shape.encoder_width, shape.width / shape.heads) : shape.heads,
      .depth = settings.depth,
      .mask = settings.mask,
      .conditioning = settings.conditioning,
      .gate = settings.gate,
      .rotary = settings.rotary,
      .feed_forward_ratio = settings.feed_forward_ratio};
}

bool is_resampler(const AdapterSettings& settings) {
  return settings.kind == AdapterKind::resampler || settings.kind == AdapterKind::timed_resampler;
}

ResamplerOptions resampler_options(const AdapterSettings& settings, const BranchShape& shape) {
  return {.width = shape.width,
          .heads = shape.heads,
          .queries = settings.queries,
          .depth = settings.depth,
          .timed = settings.kind == AdapterKind::timed_resampler};
}

CollaborativeRefinerOptions fusion_options(const FusionSettings& settings, std::int64_t encoders,
                                           std::int64_t width, std::int64_t heads) {
  return {.width = width,
          .heads = heads,
          .encoders = encoders,
          .depth = settings.blocks,
          .modulated = settings.modulated,
          .gate = settings.gate};
}

bool reads_pooled_text(const StrategySettings& settings, bool backbone_reads) {
  const bool refined = settings.refiner.depth > 0 && reads_text(settings.refiner.conditioning);
  const bool fused = settings.fusion.blocks > 0 && settings.fusion.modulated;
  return backbone_reads || refined || fused;
}

}  // namespace lidit
