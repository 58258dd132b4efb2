#include "encoders/strategies/parameter_counts.h"

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
                                        std::int64_t width, std::int64_t heads) {
  std::vector<PartCount> counts;
  for (std::size_t i = 0; i < encoder_widths.size(); ++i) {
    const std::string encoder = "encoder " + std::to_string(i) + ": ";
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
