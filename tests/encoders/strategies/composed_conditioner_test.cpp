#include "encoders/strategies/composed_conditioner.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "encoders/layers/norms.h"
#include "random_features.h"

namespace lidit {
namespace {

constexpr std::int64_t kWidth = 8;

BuildContext context(std::uint64_t seed = 1) {
  return {.width = kWidth,
          .depth = 2,
          .heads = 2,
          .seed = seed,
          .device = at::kCPU,
          .dtype = at::kFloat,
          .home = {}};
}

StrategySettings settings(std::size_t encoders, RefinerSettings refiner = {},
                          FusionSettings fusion = {}) {
  return {.encoders = std::vector<EncoderPart>(encoders),
          .adapter = {},
          .refiner = refiner,
          .fusion = fusion};
}

// A causal encoder with an instruction of 4 tokens, and a bidirectional one with a [CLS].
EncoderFeatures causal() {
  return RandomFeatures{.stream = "causal", .prefix = 4, .lengths = {5, 3}}.make();
}
EncoderFeatures bidirectional() {
  return RandomFeatures{
      .stream = "bidirectional", .width = 10, .lengths = {4, 6}, .caption_begin = {1, 1}}
      .make();
}

Tensor time_embedding(std::int64_t batch = 2) {
  const Tensor t = at::empty({batch, kWidth});
  fill_normal(t, 1, 9, "time");
  return t;
}

Tensor keep_all(std::int64_t batch = 2) { return at::ones({batch}, at::kBool); }

// Opens every gate and fills every bias, so that nothing is hidden behind a zero.
void randomize(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  for (auto& item : module.named_parameters()) fill_normal(item.value(), 0.5, 77, item.key());
}

std::vector<std::string> fitted_names(const torch::nn::Module& module) {
  std::vector<std::string> names;
  for (const auto& item : module.named_buffers()) names.push_back(item.key());
  return names;
}

Tensor plain_projection(ComposedConditioner& conditioner, const EncoderFeatures& features) {
  return conditioner.encoders->ptr(0)->as<TextBranch>()->projection(
      rms_normalize(features.layers[0]));
}

TEST(ComposedConditioner, OfRawLlmIsTheProjectionOfTheCaption) {
  ComposedConditioner conditioner(settings(1), {12}, context());
  const EncoderFeatures features = causal();
  const Conditioning c = conditioner.condition({features}, {}, keep_all());
  const Tensor rows = plain_projection(conditioner, features);
  EXPECT_FALSE(conditioner.depends_on_time());
  EXPECT_EQ(c.tokens.sizes(), at::IntArrayRef({1, 2, 5, kWidth}));
  EXPECT_TRUE(at::equal(c.tokens[0][0], rows.narrow(0, 0, 5)));
  EXPECT_TRUE(at::equal(c.tokens[0][1].narrow(0, 0, 3), rows.narrow(0, 5, 3)));
  EXPECT_EQ(c.mask.sum().item<std::int64_t>(), 8);
}

TEST(ComposedConditioner, WithClosedGatesEqualsThePlainProjectionBitForBit) {
  ComposedConditioner raw(settings(1), {12}, context());
  ComposedConditioner refined(settings(1, {.depth = 2}), {12}, context());
  const FrozenFeatures features = {causal()};
  const Conditioning a = raw.condition(features, {}, keep_all());
  const Conditioning b = refined.condition(features, time_embedding(), keep_all());
  EXPECT_TRUE(refined.depends_on_time());
  EXPECT_TRUE(at::equal(a.tokens, b.tokens));
  EXPECT_TRUE(at::equal(a.pooled, b.pooled));
}

/// What a strategy of two encoders, refiners and fusion with open gates makes of `features`.
Conditioning conditioned(PrefixCrop crop, const FrozenFeatures& features) {
  StrategySettings asked = settings(2, {.depth = 1}, {.blocks = 1});
  asked.crop = crop;
  ComposedConditioner conditioner(asked, {12, 10}, context());
  randomize(conditioner);
  return conditioner.condition(features, time_embedding(), keep_all());
}

TEST(ComposedConditioner, CropsThePrefixWhereTheSettingSays) {
  const FrozenFeatures features = {causal(), bidirectional()};
  const Conditioning none = conditioned(PrefixCrop::none, features);
  EXPECT_EQ(none.tokens.size(2), 4 + 5 + 4) << "nothing cropped";
  EXPECT_EQ(none.mask.sum().item<std::int64_t>(), (4 + 5 + 4) + (4 + 3 + 6));
  Tensor last;
  for (const PrefixCrop crop :
       {PrefixCrop::before_refiner, PrefixCrop::after_refiner, PrefixCrop::after_fusion}) {
    const Conditioning c = conditioned(crop, features);
    EXPECT_EQ(c.mask.sum().item<std::int64_t>(), (5 + 3) + (3 + 5));
    if (last.defined()) {
      EXPECT_FALSE(at::allclose(c.tokens, last)) << "each place is another model";
    }
    last = c.tokens;
  }
}

TEST(ComposedConditioner, WithoutRefinersCropsToTheSameWhereverItCrops) {
  const FrozenFeatures features = {causal()};
  std::vector<Tensor> tokens;
  for (const PrefixCrop crop :
       {PrefixCrop::before_refiner, PrefixCrop::after_refiner, PrefixCrop::after_fusion}) {
    StrategySettings asked = settings(1);
    asked.crop = crop;
    ComposedConditioner conditioner(asked, {12}, context());
    tokens.push_back(conditioner.condition(features, {}, keep_all()).tokens);
  }
  EXPECT_TRUE(at::equal(tokens[0], tokens[1]));
  EXPECT_TRUE(at::equal(tokens[0], tokens[2]));
}

TEST(ComposedConditioner, CroppedBeforeTheRefinerReadsCaptionsAsIfThereWereNoPrefix) {
  StrategySettings asked = settings(1, {.depth = 2});
  asked.crop = PrefixCrop::before_refiner;
  ComposedConditioner conditioner(asked, {12}, context());
  randomize(conditioner);
  EncoderFeatures features = causal();
  const Conditioning with = conditioner.condition({features}, time_embedding(), keep_all());
  features.prefix = features.prefix.narrow(1, 0, 0);
  const Conditioning without = conditioner.condition({features}, time_embedding(), keep_all());
  EXPECT_TRUE(at::allclose(with.tokens, without.tokens, 1e-6, 1e-7));
  EXPECT_TRUE(at::allclose(with.pooled, without.pooled, 1e-6, 1e-7));
}

TEST(ComposedConditioner, MakesAnEmptyCaptionTheNullWhereverItCrops) {
  EncoderFeatures features = RandomFeatures{.prefix = 4, .lengths = {0, 0}}.make();
  StrategySettings asked = settings(1, {.depth = 1});
  asked.crop = PrefixCrop::before_refiner;
  ComposedConditioner conditioner(asked, {12}, context());
  const Conditioning c = conditioner.condition({features}, time_embedding(), keep_all());
  EXPECT_EQ(c.tokens.size(2), 1);
  EXPECT_TRUE(at::equal(c.tokens[0][1], conditioner.null_tokens));
}

TEST(ComposedConditioner, WithAClosedCollaborativeRefinerIsTheConcatenation) {
  ComposedConditioner concat(settings(2), {12, 10}, context());
  ComposedConditioner fused(settings(2, {.depth = 2}, {.blocks = 1}), {12, 10}, context());
  const FrozenFeatures features = {causal(), bidirectional()};
  const Conditioning a = concat.condition(features, {}, keep_all());
  const Conditioning b = fused.condition(features, time_embedding(), keep_all());
  EXPECT_TRUE(at::equal(a.tokens, b.tokens));
  EXPECT_TRUE(at::equal(a.mask, b.mask));
  EXPECT_TRUE(at::equal(a.source, b.source));
}

TEST(ComposedConditioner, SaysWhichTokenOfWhichEncoderEachTokenIs) {
  ComposedConditioner conditioner(settings(2), {12, 10}, context());
  const Tensor source =
      conditioner.condition({causal(), bidirectional()}, {}, keep_all()).source;  // 5+3, 3+5
  EXPECT_TRUE(at::equal(source[0].select(1, 0), at::tensor({0, 0, 0, 0, 0, 1, 1, 1}, at::kLong)));
  EXPECT_TRUE(at::equal(source[0].select(1, 1), at::tensor({0, 1, 2, 3, 4, 1, 2, 3}, at::kLong)));
  EXPECT_TRUE(at::equal(source[1].select(1, 0), at::tensor({0, 0, 0, 1, 1, 1, 1, 1}, at::kLong)));
  EXPECT_TRUE(at::equal(source[1].select(1, 1), at::tensor({0, 1, 2, 1, 2, 3, 4, 5}, at::kLong)));
}

TEST(ComposedConditioner, LetsThePrefixActInRefinersBeforeItIsCropped) {
  ComposedConditioner conditioner(settings(1, {.depth = 1}), {12}, context());
  randomize(conditioner);
  EncoderFeatures with = causal(), without = causal();
  without.prefix = without.prefix.narrow(1, 0, 0);
  const Tensor a = conditioner.condition({with}, time_embedding(), keep_all()).tokens;
  const Tensor b = conditioner.condition({without}, time_embedding(), keep_all()).tokens;
  ASSERT_EQ(a.sizes(), b.sizes());
  EXPECT_GT((a - b).abs().max().item<double>(), 1e-3);
}

TEST(ComposedConditioner, PoolsUnitStatesOverPrefixAndPrompt) {
  ComposedConditioner conditioner(settings(1), {12}, context());
  const EncoderFeatures features = causal();
  auto& branch = *conditioner.encoders->ptr(0)->as<TextBranch>();
  const Tensor second = at::cat({features.prefix[0], features.layers[0].narrow(0, 5, 3)});
  const Tensor unit = second / second.square().mean(1, true).sqrt();
  const Tensor expected = branch.pooled_projection(unit.mean(0, true))[0];
  const Tensor pooled = conditioner.condition({features}, {}, keep_all()).pooled[1];
  EXPECT_TRUE(at::allclose(pooled, expected, 1e-5, 1e-6));
}

/// The pooled text of the second prompt of `features`, from the mean of its unit states `rows`.
Tensor pooled_from(ComposedConditioner& conditioner, const EncoderFeatures& features,
                   std::int64_t begin, std::int64_t count) {
  const Tensor rows = features.layers[0].narrow(0, begin, count);
  const Tensor unit = rows / rows.square().mean(1, true).sqrt();
  return conditioner.encoders->ptr(0)->as<TextBranch>()->pooled_projection(unit.mean(0, true))[0];
}

TEST(ComposedConditioner, CroppedBeforeTheRefinerPoolsCaptionsAlone) {
  StrategySettings asked = settings(1);
  asked.crop = PrefixCrop::before_refiner;
  ComposedConditioner conditioner(asked, {10}, context());
  const EncoderFeatures features = bidirectional();  // [CLS] and 3 rows, [CLS] and 5
  const Tensor pooled = conditioner.condition({features}, {}, keep_all()).pooled[1];
  EXPECT_TRUE(at::allclose(pooled, pooled_from(conditioner, features, 5, 5), 1e-5, 1e-6));
  EXPECT_FALSE(at::allclose(pooled, pooled_from(conditioner, features, 4, 6), 1e-3, 1e-3));
}

TEST(ComposedConditioner, PoolsTheLastRowAloneWhereItStandsForTheText) {
  for (const PrefixCrop crop : {PrefixCrop::before_refiner, PrefixCrop::after_fusion}) {
    StrategySettings asked = settings(1);
    asked.crop = crop;
    ComposedConditioner conditioner(asked, {12}, context());
    EncoderFeatures features = causal();  // 5 rows, 3 rows
    features.pools_last_row = true;
    const Conditioning c = conditioner.condition({features}, {}, keep_all());
    EXPECT_TRUE(at::allclose(c.pooled[1], pooled_from(conditioner, features, 7, 1), 1e-5, 1e-6));
    EXPECT_EQ(c.mask.sum().item<std::int64_t>(), 8) << "the backbone sees it too";
  }
}

TEST(ComposedConditioner, StandardizesEachDimensionOverTheTrainingCaptions) {
  StrategySettings asked = settings(1);
  asked.encoders[0].feature_norm = FeatureNorm::standardized;
  ComposedConditioner conditioner(asked, {12}, context());
  auto& branch = *conditioner.encoders->ptr(0)->as<TextBranch>();
  EncoderFeatures features =
      RandomFeatures{.prefix = 4, .lengths = {5000, 3000}}.make();  // more than one pass at a time
  features.layers.select(2, 3).add_(500);  // a dimension that drowns the others
  conditioner.fit({features});
  const Tensor tokens = branch.normalize(features).tokens;
  EXPECT_LT(tokens.mean(0).abs().max().item<double>(), 1e-3);
  EXPECT_LT((tokens.std(0, /*unbiased=*/false) - 1).abs().max().item<double>(), 1e-2);
  const Tensor unit = rms_normalize(features.layers[0]);
  const Tensor expected = (unit - unit.mean(0)) / unit.std(0, /*unbiased=*/false);
  EXPECT_TRUE(at::allclose(tokens, expected, 1e-2, 1e-2));
  EXPECT_EQ(fitted_names(conditioner),
            (std::vector<std::string>{"encoders.0.feature_mean", "encoders.0.feature_scale"}));
}

TEST(ComposedConditioner, KeepsAFeatureThatNeverChangesSmall) {
  StrategySettings asked = settings(1);
  asked.encoders[0].feature_norm = FeatureNorm::standardized;
  ComposedConditioner conditioner(asked, {12}, context());
  EncoderFeatures features = causal();
  features.layers.fill_(1);
  conditioner.fit({features});
  auto& branch = *conditioner.encoders->ptr(0)->as<TextBranch>();
  EXPECT_LT(branch.normalize(features).tokens.abs().max().item<double>(), 1e-2);
}

TEST(ComposedConditioner, SumsPooledTextOverEncodersWithoutTheTime) {
  ComposedConditioner fused(settings(2, {.depth = 1}), {12, 10}, context());
  const FrozenFeatures features = {causal(), bidirectional()};
  const Tensor pooled = fused.condition(features, time_embedding(), keep_all()).pooled;
  const auto pooled_by = [&](std::size_t i) {
    auto& branch = *fused.encoders->ptr(i)->as<TextBranch>();
    return branch.pool(branch.normalize(features[i]), features[i], PooledRows::all);
  };
  const Tensor expected = pooled_by(0) + pooled_by(1);
  EXPECT_TRUE(at::equal(pooled, expected));
}

TEST(ComposedConditioner, ReplacesDroppedRowsByTheLearnedNull) {
  ComposedConditioner conditioner(settings(2, {.depth = 1}, {.blocks = 1}), {12, 10}, context());
  randomize(conditioner);
  const Tensor keep = at::tensor({0, 1}, at::kLong).to(at::kBool);
  const FrozenFeatures features = {causal(), bidirectional()};
  const Conditioning c = conditioner.condition(features, time_embedding(), keep);
  EXPECT_EQ(c.mask[0].sum().item<std::int64_t>(), 1);
  EXPECT_TRUE(c.mask[0][0].item<bool>());
  EXPECT_TRUE(at::equal(c.tokens[0][0][0], conditioner.null_tokens[0]));
  EXPECT_TRUE(at::equal(c.pooled[0], conditioner.null_pooled[0]));
  EXPECT_TRUE(at::equal(c.source[0], at::full_like(c.source[0], -1)));
  const Conditioning whole = conditioner.condition(features, time_embedding(), keep_all());
  EXPECT_TRUE(at::equal(c.tokens[0][1], whole.tokens[0][1]));
  EXPECT_TRUE(at::equal(c.pooled[1], whole.pooled[1]));
}

TEST(ComposedConditioner, TreatsAnEmptyCaptionAsDropped) {
  ComposedConditioner conditioner(settings(1, {.depth = 1}), {12}, context());
  randomize(conditioner);
  const EncoderFeatures features = RandomFeatures{.lengths = {0, 2}}.make();
  const Conditioning c = conditioner.condition({features}, time_embedding(), keep_all());
  EXPECT_TRUE(at::equal(c.tokens[0][0][0], conditioner.null_tokens[0]));
  EXPECT_TRUE(at::equal(c.pooled[0], conditioner.null_pooled[0]));
  EXPECT_TRUE(c.tokens.isfinite().all().item<bool>());
}

TEST(ComposedConditioner, DoesNotLetLongerPromptsInTheBatchChangeARow) {
  ComposedConditioner conditioner(settings(2, {.depth = 2}, {.blocks = 1}), {12, 10}, context());
  randomize(conditioner);
  const FrozenFeatures pool = {
      RandomFeatures{.prefix = 3, .lengths = {3, 9, 30}, .caption_begin = {0, 0, 0}}.make(),
      RandomFeatures{.width = 10, .lengths = {4, 21, 8}, .caption_begin = {1, 1, 1}}.make()};
  const Conditioning alone = conditioner.condition(select_prompts(pool, at::tensor({0}, at::kLong)),
                                                   time_embedding(1), keep_all(1));
  const Tensor time = time_embedding(1).repeat({3, 1});
  const Conditioning among = conditioner.condition(pool, time, keep_all(3));
  const std::int64_t tokens = alone.mask.sum().item<std::int64_t>();
  EXPECT_EQ(tokens, 3 + 3);
  EXPECT_EQ(among.mask[0].sum().item<std::int64_t>(), tokens);
  const Tensor difference = alone.tokens[0][0] - among.tokens[0][0].narrow(0, 0, tokens);
  EXPECT_LT((difference / alone.tokens.abs().max()).abs().max().item<double>(), 1e-6);
  EXPECT_LT((alone.pooled[0] - among.pooled[0]).abs().max().item<double>(), 1e-6);
}

TEST(ComposedConditioner, StartsSharedPartsEqualAcrossStrategies) {
  ComposedConditioner raw(settings(1), {12}, context());
  ComposedConditioner full(settings(1, {.depth = 2}), {12}, context());
  ComposedConditioner causal_mask(
      settings(1, {.depth = 2, .mask = AttentionPattern::causal, .gate = GateInit::one}), {12},
      context());
  ComposedConditioner other_seed(settings(1), {12}, context(2));
  const auto full_parameters = full.named_parameters();
  for (const auto& item : raw.named_parameters())
    EXPECT_TRUE(at::equal(item.value(), full_parameters[item.key()])) << item.key();
  for (const auto& item : causal_mask.named_parameters()) {
    if (item.key().find("modulation") != std::string::npos) continue;
    EXPECT_TRUE(at::equal(item.value(), full_parameters[item.key()])) << item.key();
  }
  EXPECT_FALSE(at::equal(raw.named_parameters()["encoders.0.projection.weight"],
                         other_seed.named_parameters()["encoders.0.projection.weight"]));
}

TEST(ComposedConditioner, SendsGradientsToEveryParameterOnceGatesAreOpen) {
  ComposedConditioner conditioner(settings(2, {.depth = 2}, {.blocks = 2}), {12, 10}, context());
  randomize(conditioner);
  const FrozenFeatures features = {
      RandomFeatures{.prefix = 2, .lengths = {5, 3, 4}, .caption_begin = {0, 0, 0}}.make(),
      RandomFeatures{.width = 10, .lengths = {4, 6, 2}, .caption_begin = {1, 1, 1}}.make()};
  const Tensor keep = at::tensor({1, 0, 1}, at::kLong).to(at::kBool);
  const Conditioning c = conditioner.condition(features, time_embedding(3), keep);
  const Tensor weights = at::empty(c.tokens.sizes());
  fill_normal(weights, 1, 4, "weights");
  ((c.tokens * weights).sum() + (c.pooled * weights[0].select(1, 0)).sum()).backward();
  for (const auto& item : conditioner.named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 1e-7) << item.key();
  }
}

TEST(ComposedConditioner, ReadsHalfPrecisionFeatures) {
  ComposedConditioner conditioner(settings(1), {12}, context());
  const EncoderFeatures features = RandomFeatures{.dtype = at::kBFloat16}.make();
  EncoderFeatures exact = features;
  exact.layers = features.layers.to(at::kFloat);
  exact.prefix = features.prefix.to(at::kFloat);
  const Conditioning c = conditioner.condition({features}, {}, keep_all());
  EXPECT_EQ(c.tokens.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(c.tokens, conditioner.condition({exact}, {}, keep_all()).tokens));
}

TEST(ComposedConditioner, UsesRawStatesWhenToldSo) {
  StrategySettings raw = settings(1);
  raw.encoders[0].feature_norm = FeatureNorm::none;
  ComposedConditioner conditioner(raw, {12}, context());
  const EncoderFeatures features = causal();
  const Tensor expected =
      conditioner.encoders->ptr(0)->as<TextBranch>()->projection(features.layers[0]);
  const Conditioning c = conditioner.condition({features}, {}, keep_all());
  EXPECT_TRUE(at::equal(c.tokens[0][0], expected.narrow(0, 0, 5)));
}

TEST(ComposedConditioner, RefusesFeaturesOfAnotherNumberOfEncodersOrLayers) {
  ComposedConditioner conditioner(settings(1), {12}, context());
  EXPECT_THROW(conditioner.condition({causal(), causal()}, {}, keep_all()), c10::Error);
  EncoderFeatures two_layers = causal();
  two_layers.layers = two_layers.layers.repeat({2, 1, 1});
  EXPECT_THROW(conditioner.condition({two_layers}, {}, keep_all()), c10::Error);
}

}  // namespace
}  // namespace lidit
