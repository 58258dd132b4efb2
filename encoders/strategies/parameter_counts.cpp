#include "encoders/strategies/parameter_counts.h"

#include <c10/util/Exception.h>

#include "encoders/layers/feed_forward.h"

namespace lidit {
namespace {

std::int64_t linear(std::int64_t in, std::int64_t out) { return in * out + out; }

std::int64_t layer_norm_parameters(std::int64_t width) { return 2 * width; }

std::int64_t attention(std::int64_t width, std::int64_t heads) {
  return 4 * linear(width, width) + 2 * (width / heads);  // projections, QK-RMSNorm
}

std::int64_t feed_forward(std::int64_t width) {
  const std::int64_t inner = kFeedForwardRatio * width;
  return linear(width, inner) + linear(inner, width);
}

/// Softmax weights of layers, and the parameters of the feature norm over states of `width`.
std::int64_t feature_parameters(const EncoderPart& part, std::int64_t width,
                                std::int64_t backbone_depth) {
  std::int64_t count = 0;
  if (is_trained(part.source.layer_mix)) {
    const bool per_block = part.source.layer_mix == LayerMix::per_block;
    count += (per_block ? backbone_depth : 1) * std::ssize(part.source.layers);
  }
  if (part.feature_norm == FeatureNorm::affine_layer_norm) count += layer_norm_parameters(width);
  if (part.feature_norm == FeatureNorm::scaled_rms) count += width;
  return count;
}

}  // namespace

std::int64_t refiner_parameters(std::int64_t depth, std::int64_t width, std::int64_t heads) {
  return depth * (attention(width, heads) + feed_forward(width) + 2 * layer_norm_parameters(width) +
                  linear(width, 2 * width));
}

std::int64_t fusion_parameters(std::int64_t blocks, std::int64_t encoders, std::int64_t width,
                               std::int64_t heads) {
  return blocks * encoders *
         (attention(width, heads) + feed_forward(width) + 3 * layer_norm_parameters(width) +
          linear(width, 6 * width));
}

std::vector<PartCount> parameter_counts(const StrategySettings& settings,
                                        const std::vector<std::int64_t>& encoder_widths,
                                        const BackboneShape& backbone) {
  TORCH_CHECK(settings.encoders.size() == encoder_widths.size(), "settings of ",
              settings.encoders.size(), " encoders, widths of ", encoder_widths.size());
  const auto [width, depth, heads] = backbone;
  std::vector<PartCount> counts;
  for (std::size_t i = 0; i < encoder_widths.size(); ++i) {
    const std::string encoder = "encoder " + std::to_string(i) + ": ";
    if (const auto own = feature_parameters(settings.encoders[i], encoder_widths[i], depth);
        own > 0)
      counts.push_back({encoder + "layer weights and feature norm", own});
    counts.push_back({encoder + "text projection", linear(encoder_widths[i], width)});
    counts.push_back(
        {encoder + "pooled text MLP", linear(encoder_widths[i], width) + linear(width, width)});
    if (settings.refiner.depth > 0)
      counts.push_back({encoder + "linguistic token refiner",
                        refiner_parameters(settings.refiner.depth, width, heads)});
  }
  if (settings.fusion.blocks > 0)
    counts.push_back(
        {"collaborative refiner",
         fusion_parameters(settings.fusion.blocks, static_cast<std::int64_t>(encoder_widths.size()),
                           width, heads)});
  counts.push_back({"null token and null pooled text", 2 * width});
  return counts;
}

}  // namespace lidit
