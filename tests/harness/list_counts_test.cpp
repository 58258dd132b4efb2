#include "harness/commands/list_counts.h"

#include <gmock/gmock.h>
#include <torch/types.h>

#include <map>
#include <set>

#include "encoders/strategies/composed_conditioner.h"

namespace lidit {
namespace {

using testing::HasSubstr;

std::int64_t sum(const std::vector<PartCount>& counts) {
  std::int64_t total = 0;
  for (const PartCount& part : counts) total += part.parameters;
  return total;
}

TEST(ListCounts, AreThoseOfTheBuiltModuleForEveryVariant) {
  constexpr std::int64_t kWidth = 24, kHeads = 3;
  std::size_t variants = 0;
  for (const VariantGroup& group : strategy_variants())
    for (const StrategyVariant& variant : group.variants) {
      const std::vector<std::int64_t> widths(variant.settings.encoders.size(), 36);
      const ComposedConditioner conditioner(variant.settings, widths,
                                            {.width = kWidth,
                                             .depth = 2,
                                             .heads = kHeads,
                                             .seed = 1,
                                             .device = at::kCPU,
                                             .dtype = at::kFloat,
                                             .home = {},
                                             .pooled_text = variant.pooled_text});
      std::int64_t built = 0;
      for (const at::Tensor& parameter : conditioner.parameters()) built += parameter.numel();
      EXPECT_EQ(
          sum(parameter_counts(
              variant.settings, widths,
              {.width = kWidth, .depth = 2, .heads = kHeads, .pooled_text = variant.pooled_text})),
          built)
          << group.strategy << ", " << variant.label;
      ++variants;
    }
  EXPECT_GT(variants, 25u);
}

TEST(ListCounts, NameEveryLevelOfEverySettingOfThePartsButTheStrategysOwn) {
  std::set<std::string> labels;
  for (const VariantGroup& group : strategy_variants())
    for (const StrategyVariant& variant : group.variants) labels.insert(variant.label);
  for (const char* label : {R"(encoder.layer_mix = "learned")",
                            R"(encoder.layer_mix = "per-block")",
                            R"(encoder.layer_mix = "concat")",
                            R"(encoder.feature_norm = "affine-layer-norm")",
                            "encoder.count = 2",
                            "refiner.feed_forward = 5.0",
                            R"(adapter.kind = "mlp")",
                            R"(adapter.kind = "resampler")",
                            R"(adapter.kind = "timed-resampler")",
                            "refiner.depth = 0",
                            "refiner.depth = 4",
                            R"(refiner.mask = "causal")",
                            R"(refiner.mask = "reverse-causal")",
                            R"(refiner.mask = "diagonal")",
                            R"(refiner.conditioning = "none")",
                            R"(refiner.conditioning = "constant")",
                            R"(refiner.conditioning = "time")",
                            R"(refiner.conditioning = "text")",
                            R"(refiner.conditioning = "adaln")",
                            R"(refiner.gate_init = "1e-2")",
                            R"(refiner.position = "rope")",
                            R"(refiner.width = "encoder")",
                            "fusion.blocks = 0",
                            "fusion.blocks = 2",
                            R"(fusion.conditioning = "none")",
                            R"(fusion.join = "channels")",
                            R"(fusion.adapters = "shared")",
                            "backbone.pooled_text = false"})
    EXPECT_TRUE(labels.contains(label)) << label;
}

// At width d = 1152 behind language models of 4096: an MLP of 4097 d + 1153 d for the pooled text
// of each encoder, which gates may still read, and a null of width d, which nobody does.
TEST(ListCounts, LeaveOutWhatNobodyReadsOfThePooledText) {
  constexpr std::int64_t kNull = 1152, kMlp = (4096 + 1 + 1152 + 1) * 1152;
  const std::map<std::string, std::int64_t> saved = {{"raw-llm", kMlp + kNull},
                                                     {"instruction-guided", kMlp + kNull},
                                                     {"bidirectional-refiner", kNull},
                                                     {"multi-llm-fusion", kNull}};
  const BackboneSize& size = backbone_size("lidit-1b");
  for (const VariantGroup& group : strategy_variants()) {
    const StrategyVariant &plain = group.variants.front(), &without = group.variants.back();
    EXPECT_EQ(without.label, "backbone.pooled_text = false");
    EXPECT_EQ(sum(plain.counts(size)) - sum(without.counts(size)), saved.at(group.strategy))
        << group.strategy;
  }
}

TEST(ListCounts, PrintThePapersArithmetic) {
  const std::string text = describe_counts();
  const auto number_after = [&](std::string_view label) {
    const std::size_t at = text.find(label);
    EXPECT_NE(at, std::string::npos) << label;
    return static_cast<double>(std::stoll(text.substr(at + label.size())));
  };
  // By the arithmetic of the shapes: two refiners .074e9 and the collaborative one .048e9 at width
  // 1152.
  EXPECT_NEAR(number_after("\n  encoder 0: linguistic token refiner"), 0.037e9, 0.0005e9);
  EXPECT_NEAR(number_after("\n  collaborative refiner"), 0.048e9, 0.0005e9);
  EXPECT_NEAR(number_after("\nbackbone with backbone.injection = cross-attention"), 0.958e9, 1e6);
  EXPECT_EQ(number_after("\n  with backbone.pooled_text = false"), 4097 * 1152 + 1152);  // raw-llm
  EXPECT_THAT(text, HasSubstr("lidit-10b"));
}

}  // namespace
}  // namespace lidit
