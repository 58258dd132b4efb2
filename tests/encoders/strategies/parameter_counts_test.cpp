#include "encoders/strategies/parameter_counts.h"

#include <gtest/gtest.h>

#include "encoders/refiners/collaborative_refiner.h"
#include "encoders/refiners/linguistic_token_refiner.h"
#include "encoders/strategies/composed_conditioner.h"

namespace lidit {
namespace {

constexpr std::int64_t kWidth = 24, kDepth = 5, kHeads = 3;

std::int64_t built(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const Tensor& parameter : module.parameters()) count += parameter.numel();
  return count;
}

std::int64_t sum_of(const std::vector<PartCount>& counts) {
  std::int64_t sum = 0;
  for (const PartCount& part : counts) sum += part.parameters;
  return sum;
}

/// Counted and built, with and without a backbone that reads pooled text.
void expect_counts_of_the_module(const StrategySettings& settings,
                                 std::int64_t encoder_width = 36) {
  const std::vector<std::int64_t> widths(settings.encoders.size(), encoder_width);
  for (const bool pooled_text : {true, false}) {
    const ComposedConditioner conditioner(settings, widths,
                                          {.width = kWidth,
                                           .depth = kDepth,
                                           .heads = kHeads,
                                           .seed = 1,
                                           .device = at::kCPU,
                                           .dtype = at::kFloat,
                                           .home = {},
                                           .pooled_text = pooled_text});
    EXPECT_EQ(sum_of(parameter_counts(
                  settings, widths,
                  {.width = kWidth, .depth = kDepth, .heads = kHeads, .pooled_text = pooled_text})),
              built(conditioner))
        << "pooled text " << pooled_text;
  }
}

StrategySettings settings_of(std::size_t encoders) {
  StrategySettings settings;
  settings.encoders.resize(encoders);
  return settings;
}

TEST(ParameterCounts, EqualThoseOfTheModulesForEveryRefiner) {
  using enum RefinerConditioning;
  using enum AttentionPattern;
  for (const std::int64_t depth : {0, 1, 2, 3, 4})
    for (const auto mask : {full, causal, reverse_causal, diagonal})
      for (const auto conditioning : {none, constant, time, text, time_and_text, modulation})
        for (const auto width : {RefinerWidth::backbone, RefinerWidth::encoder}) {
          StrategySettings settings = settings_of(1);
          settings.refiner = {.depth = depth,
                              .mask = mask,
                              .conditioning = conditioning,
                              .rotary = depth % 2 == 0,
                              .width = width,
                              .feed_forward_ratio = 4.0 - static_cast<double>(depth) / 3};
          SCOPED_TRACE(testing::Message() << "depth " << depth << ", mask " << int(mask)
                                          << ", conditioning " << int(conditioning));
          expect_counts_of_the_module(settings);
        }
}

TEST(ParameterCounts, EqualThoseOfTheModulesForEveryAdapter) {
  for (const auto kind : {AdapterKind::linear, AdapterKind::mlp, AdapterKind::resampler,
                          AdapterKind::timed_resampler}) {
    StrategySettings settings = settings_of(1);
    settings.adapter = {.kind = kind, .queries = 5, .depth = 2};
    expect_counts_of_the_module(settings);
  }
}

TEST(ParameterCounts, EqualThoseOfTheModulesForEveryFusion) {
  for (const std::size_t encoders : {2, 3})
    for (const std::int64_t blocks : {0, 1, 2})
      for (const bool modulated : {true, false})
        for (const auto join : {FusionJoin::tokens, FusionJoin::channels})
          for (const bool shared : {true, false}) {
            StrategySettings settings = settings_of(encoders);
            settings.refiner.depth = 1;
            settings.fusion = {
                .blocks = blocks, .modulated = modulated, .join = join, .shared_adapters = shared};
            expect_counts_of_the_module(settings);
          }
}

TEST(ParameterCounts, EqualThoseOfTheModulesForEveryMixAndFeatureNorm) {
  for (const auto& [name, mix] : kLayerMixes)
    for (const FeatureNorm norm :
         {FeatureNorm::none, FeatureNorm::rms, FeatureNorm::layer_norm,
          FeatureNorm::affine_layer_norm, FeatureNorm::scaled_rms, FeatureNorm::standardized}) {
      StrategySettings settings = settings_of(1);
      settings.encoders[0].source.layer_mix = mix;
      settings.encoders[0].source.layers = {1, 2, -1};
      settings.encoders[0].feature_norm = norm;
      SCOPED_TRACE(name);
      expect_counts_of_the_module(settings, mixed_width(mix, 3, 12));
    }
}

double in_squared_widths(std::int64_t parameters, std::int64_t width) {
  return static_cast<double>(parameters) / static_cast<double>(width * width);
}

LinguisticTokenRefinerOptions refiner_of(std::int64_t width, std::int64_t heads) {
  return {.width = width, .heads = heads, .depth = 2};
}

CollaborativeRefinerOptions fusion_of(std::int64_t width, std::int64_t heads) {
  return {.width = width, .heads = heads};
}

// Two language models, two refiner blocks on each, one collaborative block, at the widths of
// LI-DiT-1B (16 heads) and -10B (44 heads) and of the language models; the paper's sizes are given
// in two or three digits.
TEST(ParameterCounts, AtThePapersSizesAreThePapers) {
  const auto billions = [](std::int64_t count) { return 1e-9 * static_cast<double>(count); };
  EXPECT_NEAR(2 * billions(parameters_of(refiner_of(1152, 16))), 0.074, 0.0005);
  EXPECT_NEAR(billions(parameters_of(fusion_of(1152, 16))), 0.048, 0.0005);
  EXPECT_NEAR(2 * billions(parameters_of(refiner_of(2816, 44))), 0.444, 0.0005);
  EXPECT_NEAR(billions(parameters_of(fusion_of(2816, 44))), 0.285, 0.001);
  EXPECT_NEAR(2 * billions(parameters_of(refiner_of(4096, 32))), 0.94, 0.005);
  EXPECT_NEAR(billions(parameters_of(fusion_of(4096, 32))), 0.60, 0.005);
}

// Attention 4, FFN 8, gates 2 or shift, scale and gate 6.
TEST(ParameterCounts, OfABlockAreFourteenAndEighteenSquaredWidths) {
  constexpr std::int64_t width = 2816, heads = 44;
  const auto refiner = [](const LinguisticTokenRefinerOptions& options) {
    return in_squared_widths(parameters_of(options), width) / 2;
  };
  using enum RefinerConditioning;
  auto options = refiner_of(width, heads);
  EXPECT_NEAR(refiner(options), 14, 0.01);
  options.conditioning = modulation;
  EXPECT_NEAR(refiner(options), 18, 0.01);
  options.conditioning = none;
  EXPECT_NEAR(refiner(options), 12, 0.01);
  options.mask = AttentionPattern::diagonal;
  EXPECT_NEAR(refiner(options), 10, 0.01);
  auto fusion = fusion_of(width, heads);
  EXPECT_NEAR(in_squared_widths(parameters_of(fusion), width) / 2, 18, 0.01);
  fusion.modulated = false;
  EXPECT_NEAR(in_squared_widths(parameters_of(fusion), width) / 2, 12, 0.01);
}

TEST(ParameterCounts, OfARefinerAtTheEncodersWidthAreThePapersOtherReading) {
  StrategySettings settings = settings_of(2);
  settings.refiner = {.depth = 2, .width = RefinerWidth::encoder};
  double refiners = 0;
  for (const PartCount& part :
       parameter_counts(settings, {4096, 4096}, {.width = 1152, .depth = 28, .heads = 16}))
    if (part.part.ends_with("refiner")) refiners += 1e-9 * static_cast<double>(part.parameters);
  EXPECT_NEAR(refiners, 0.94, 0.005);
}

}  // namespace
}  // namespace lidit
