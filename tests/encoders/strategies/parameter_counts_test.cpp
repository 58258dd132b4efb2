#include "encoders/strategies/parameter_counts.h"

#include <gtest/gtest.h>

#include "encoders/refiners/collaborative_refiner.h"
#include "encoders/refiners/linguistic_token_refiner.h"
#include "encoders/strategies/composed_conditioner.h"

namespace lidit {
namespace {

std::int64_t parameters_of(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const Tensor& parameter : module.parameters()) count += parameter.numel();
  return count;
}

constexpr BackboneShape kBackbone{.width = 24, .depth = 5, .heads = 3};

/// What is counted, and what a conditioner really has.
void expect_equal_counts(const StrategySettings& settings,
                         const std::vector<std::int64_t>& encoder_widths, const std::string& what) {
  const ComposedConditioner conditioner(settings, encoder_widths,
                                        {.width = kBackbone.width,
                                         .depth = kBackbone.depth,
                                         .heads = kBackbone.heads,
                                         .seed = 1,
                                         .device = at::kCPU,
                                         .dtype = at::kFloat,
                                         .home = {}});
  std::int64_t sum = 0;
  for (const PartCount& part : parameter_counts(settings, encoder_widths, kBackbone))
    sum += part.parameters;
  EXPECT_EQ(sum, parameters_of(conditioner)) << what;
}

TEST(ParameterCounts, EqualThoseOfTheModules) {
  for (const std::int64_t depth : {0, 1, 3})
    expect_equal_counts({.encoders = std::vector<EncoderPart>(2),
                         .refiner = {.depth = depth},
                         .fusion = {.blocks = depth}},
                        {12, 10}, "depth " + std::to_string(depth));
}

TEST(ParameterCounts, EqualThoseOfTheModulesForEveryMixAndFeatureNorm) {
  for (const auto& [name, mix] : kLayerMixes)
    for (const FeatureNorm norm :
         {FeatureNorm::none, FeatureNorm::rms, FeatureNorm::layer_norm,
          FeatureNorm::affine_layer_norm, FeatureNorm::scaled_rms, FeatureNorm::standardized}) {
      StrategySettings settings{
          .encoders = std::vector<EncoderPart>(1), .refiner = {}, .fusion = {}};
      settings.encoders[0].source.layer_mix = mix;
      settings.encoders[0].source.layers = {1, 2, -1};
      settings.encoders[0].feature_norm = norm;
      expect_equal_counts(settings, {mixed_width(mix, 3, 12)}, std::string(name));
    }
}

TEST(ParameterCounts, OfEachRefinerEqualTheModules) {
  EXPECT_EQ(refiner_parameters(2, 24, 3),
            parameters_of(*LinguisticTokenRefiner(
                LinguisticTokenRefinerOptions{.width = 24, .heads = 3, .depth = 2})));
  EXPECT_EQ(fusion_parameters(2, 3, 24, 3),
            parameters_of(*CollaborativeRefiner(
                CollaborativeRefinerOptions{.width = 24, .heads = 3, .encoders = 3, .depth = 2})));
}

// Two language models, two refiner blocks on each, one collaborative block, at the widths of
// LI-DiT-1B (16 heads) and -10B (44 heads); the paper's sizes are given in three digits.
TEST(ParameterCounts, AtThePapersSizesAreThePapers) {
  EXPECT_NEAR(2e-9 * static_cast<double>(refiner_parameters(2, 1152, 16)), 0.074, 0.0005);
  EXPECT_NEAR(1e-9 * static_cast<double>(fusion_parameters(1, 2, 1152, 16)), 0.048, 0.0005);
  EXPECT_NEAR(2e-9 * static_cast<double>(refiner_parameters(2, 2816, 44)), 0.444, 0.0005);
  EXPECT_NEAR(1e-9 * static_cast<double>(fusion_parameters(1, 2, 2816, 44)), 0.285, 0.001);
}

}  // namespace
}  // namespace lidit
