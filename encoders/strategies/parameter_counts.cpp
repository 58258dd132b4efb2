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

std::int64_t feed_forward(std::int64_t width, std::int64_t inner) {
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

std::int64_t feed_forward(std::int64_t width) {
  return feed_forward(width, kFeedForwardRatio * width);
}

/// Of both sub-layers together.
std::int64_t modulation(RefinerConditioning conditioning, std::int64_t width) {
  switch (conditioning) {
    case RefinerConditioning::none:
      return 0;
    case RefinerConditioning::constant:
      return 2 * width;
    case RefinerConditioning::modulation:
      return linear(width, 6 * width);
    default:
      return linear(width, 2 * width);
  }
}

/// Everything that belongs to one encoder.
void count_branch(const StrategySettings& settings, const EncoderPart& part,
                  std::int64_t encoder_width, const BackboneShape& backbone,
                  const std::string& name, std::vector<PartCount>& counts) {
  const std::int64_t width = backbone.width;
  const BranchShape shape{encoder_width, width, backbone.heads};
  if (const auto own = feature_parameters(part, encoder_width, backbone.depth); own > 0)
    counts.push_back({name + "layer weights and feature norm", own});
  const bool two_maps = settings.adapter.kind == AdapterKind::mlp;
  counts.push_back({name + "text projection",
                    linear(encoder_width, width) + (two_maps ? linear(width, width) : 0)});
  if (reads_pooled_text(settings, backbone.pooled_text))
    counts.push_back(
        {name + "pooled text MLP", linear(encoder_width, width) + linear(width, width)});
  if (is_resampler(settings.adapter))
    counts.push_back(
        {name + "resampler", parameters_of(resampler_options(settings.adapter, shape))});
  const RefinerSettings& refiner = settings.refiner;
  if (refiner.depth == 0) return;
  counts.push_back(
      {name + "linguistic token refiner", parameters_of(refiner_options(refiner, shape))});
  const bool conditioned = reads_time(refiner.conditioning) || reads_text(refiner.conditioning);
  if (refiner.width == RefinerWidth::encoder && conditioned)
    counts.push_back({name + "condition at the encoder's width", linear(width, encoder_width)});
}

}  // namespace

std::int64_t parameters_of(const LinguisticTokenRefinerOptions& o) {
  const bool diagonal = o.mask == AttentionPattern::diagonal;  // has values and output alone
  return o.depth * ((diagonal ? 2 * linear(o.width, o.width) : attention(o.width, o.heads)) +
                    feed_forward(o.width, o.feed_forward_units()) +
                    2 * layer_norm_parameters(o.width) + modulation(o.conditioning, o.width));
}

std::int64_t parameters_of(const CollaborativeRefinerOptions& o) {
  return o.depth * o.encoders *
         (attention(o.width, o.heads) + feed_forward(o.width) + 3 * layer_norm_parameters(o.width) +
          (o.modulated ? linear(o.width, 6 * o.width) : 0));
}

std::int64_t parameters_of(const ResamplerOptions& o) {
  return o.queries * o.width + o.depth * (attention(o.width, o.heads) + feed_forward(o.width) +
                                          3 * layer_norm_parameters(o.width) +
                                          (o.timed ? linear(o.width, 4 * o.width) : 0));
}

std::vector<PartCount> parameter_counts(const StrategySettings& settings,
                                        const std::vector<std::int64_t>& encoder_widths,
                                        const BackboneShape& backbone) {
  TORCH_CHECK(settings.encoders.size() == encoder_widths.size(), "settings of ",
              settings.encoders.size(), " encoders, widths of ", encoder_widths.size());
  const auto [width, depth, heads, pooled_text] = backbone;
  const std::size_t branches = settings.fusion.shared_adapters ? 1 : encoder_widths.size();
  std::vector<PartCount> counts;
  for (std::size_t i = 0; i < branches; ++i)
    count_branch(
        settings, settings.encoders[i], encoder_widths[i], backbone,
        branches < encoder_widths.size() ? "all encoders: " : "encoder " + std::to_string(i) + ": ",
        counts);
  const auto encoders = std::ssize(encoder_widths);
  if (settings.fusion.blocks > 0)
    counts.push_back({"collaborative refiner",
                      parameters_of(fusion_options(settings.fusion, encoders, width, heads))});
  if (settings.fusion.join == FusionJoin::channels)
    counts.push_back({"channel join", linear(encoders * width, width)});
  if (pooled_text)
    counts.push_back({"null token and null pooled text", 2 * width});
  else
    counts.push_back({"null token", width});
  return counts;
}

}  // namespace lidit
