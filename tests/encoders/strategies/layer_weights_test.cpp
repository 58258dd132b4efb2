// Mixes of layers that are trained: what they start as, what they train, and when they stop.
#include "encoders/strategies/layer_weights.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "encoders/layer_mix.h"
#include "encoders/strategies/composed_conditioner.h"
#include "random_features.h"

namespace lidit {
namespace {

constexpr std::int64_t kWidth = 8, kDepth = 3, kLayers = 4, kEncoderWidth = 12;

BuildContext context() {
  return {.width = kWidth,
          .depth = kDepth,
          .heads = 2,
          .seed = 1,
          .device = at::kCPU,
          .dtype = at::kFloat,
          .home = {}};
}

StrategySettings settings(LayerMix mix, FeatureNorm norm = FeatureNorm::rms) {
  StrategySettings all{.encoders = std::vector<EncoderPart>(1), .refiner = {}, .fusion = {}};
  all.encoders[0].source.layer_mix = mix;
  all.encoders[0].source.layers = {1, 2, 3, 4};
  all.encoders[0].feature_norm = norm;
  return all;
}

EncoderFeatures raw_layers() {
  return RandomFeatures{.width = kEncoderWidth, .layers = kLayers, .prefix = 2}.make();
}

/// What an encoder with this mix hands over.
FrozenFeatures features(LayerMix mix) {
  EncoderFeatures mixed = raw_layers();
  mixed.layers = mix_layers(mixed.layers, mix);
  mixed.prefix = mix_layers(mixed.prefix, mix);
  return {mixed};
}

Tensor keep_all() { return at::ones({2}, at::kBool); }

TextBranchImpl& branch_of(ComposedConditioner& conditioner) {
  return *conditioner.encoders->ptr(0)->as<TextBranch>();
}

TEST(LayerWeights, AreTheSoftmaxWeightedSumOfTheLayers) {
  LayerWeights weights(2, 3);
  const torch::NoGradGuard no_grad;
  fill_normal(weights->logits, 1, 5, "logits");
  const Tensor layers = at::empty({3, 4, 5});
  fill_normal(layers, 1, 5, "layers");
  const Tensor mixed = weights(layers);
  ASSERT_EQ(mixed.sizes(), at::IntArrayRef({2, 4, 5}));
  for (std::int64_t g = 0; g < 2; ++g) {
    Tensor sum = at::zeros({4, 5}), total = at::zeros({});
    for (std::int64_t k = 0; k < 3; ++k) {
      sum += weights->logits[g][k].exp() * layers[k];
      total += weights->logits[g][k].exp();
    }
    EXPECT_TRUE(at::allclose(mixed[g], sum / total, 1e-5, 1e-6));
  }
}

TEST(LayerWeights, StartAsTheNormalisedMean) {
  ComposedConditioner mean(settings(LayerMix::normalized_mean), {kEncoderWidth}, context());
  ComposedConditioner learned(settings(LayerMix::learned), {kEncoderWidth}, context());
  const Conditioning a = mean.condition(features(LayerMix::normalized_mean), {}, keep_all());
  const Conditioning b = learned.condition(features(LayerMix::learned), {}, keep_all());
  EXPECT_TRUE(at::allclose(a.tokens, b.tokens, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(a.pooled, b.pooled, 1e-4, 1e-5));
}

TEST(LayerWeights, OfEachBlockGiveEachBlockItsOwnTokens) {
  ComposedConditioner routed(settings(LayerMix::per_block), {kEncoderWidth}, context());
  ComposedConditioner learned(settings(LayerMix::learned), {kEncoderWidth}, context());
  const FrozenFeatures given = features(LayerMix::per_block);
  const Tensor uniform = routed.condition(given, {}, keep_all()).tokens;
  ASSERT_EQ(uniform.sizes(), at::IntArrayRef({kDepth, 2, 5, kWidth}));
  EXPECT_TRUE(at::equal(uniform[0], uniform[1]));

  const torch::NoGradGuard no_grad;
  Tensor& logits = branch_of(routed).layer_weights->logits;
  ASSERT_EQ(logits.sizes(), at::IntArrayRef({kDepth, kLayers}));
  fill_normal(logits, 1, 5, "logits");
  const Conditioning apart = routed.condition(given, {}, keep_all());
  for (std::int64_t block = 0; block < kDepth; ++block) {
    branch_of(learned).layer_weights->logits.copy_(logits.narrow(0, block, 1));
    const Conditioning one = learned.condition(given, {}, keep_all());
    EXPECT_TRUE(at::allclose(apart.tokens[block], one.tokens[0], 1e-5, 1e-6)) << block;
    EXPECT_TRUE(at::equal(apart.mask, one.mask));
    EXPECT_TRUE(at::equal(apart.source, one.source));
  }
}

TEST(LayerWeights, OfEachBlockBecomeTheNullWhereACaptionIsDropped) {
  ComposedConditioner routed(settings(LayerMix::per_block), {kEncoderWidth}, context());
  const Tensor keep = at::tensor({0, 1}, at::kLong).to(at::kBool);
  const Conditioning c = routed.condition(features(LayerMix::per_block), {}, keep);
  for (std::int64_t block = 0; block < kDepth; ++block)
    EXPECT_TRUE(at::equal(c.tokens[block][0][0], routed.null_tokens[0]));
  EXPECT_EQ(c.mask[0].sum().item<std::int64_t>(), 1);
}

TEST(LayerWeights, LearnUntilTheyAreFrozen) {
  for (const LayerMix mix : {LayerMix::learned, LayerMix::per_block}) {
    StrategySettings asked = settings(mix);
    asked.encoders[0].layer_freeze_at = 0.5;
    ComposedConditioner conditioner(asked, {kEncoderWidth}, context());
    const auto gradient = [&] {
      conditioner.zero_grad();
      const Conditioning c = conditioner.condition(features(mix), {}, keep_all());
      (c.tokens.square().sum() + c.pooled.sum()).backward();
      const Tensor grad = branch_of(conditioner).layer_weights->logits.grad();
      return grad.defined() ? grad.abs().max().item<double>() : 0.0;
    };
    EXPECT_GT(gradient(), 1e-6) << "before training, as in training from scratch";
    conditioner.progress(0.49);
    EXPECT_GT(gradient(), 1e-6);
    conditioner.progress(0.5);
    EXPECT_EQ(gradient(), 0);
    conditioner.progress(0.2);  // a run that is resumed earlier
    EXPECT_GT(gradient(), 1e-6);
  }
}

TEST(LayerWeights, AreNeverFrozenUnlessAsked) {
  ComposedConditioner conditioner(settings(LayerMix::learned), {kEncoderWidth}, context());
  conditioner.progress(0.9999);
  EXPECT_TRUE(branch_of(conditioner).layer_weights->logits.requires_grad());
}

TEST(LayerWeights, StandardizeTheMixThatTheyStartAs) {
  ComposedConditioner conditioner(settings(LayerMix::per_block, FeatureNorm::standardized),
                                  {kEncoderWidth}, context());
  EncoderFeatures training =
      RandomFeatures{.width = kEncoderWidth, .layers = kLayers, .lengths = {5000, 3000}}.make();
  training.layers = mix_layers(training.layers, LayerMix::per_block);
  training.prefix = mix_layers(training.prefix, LayerMix::per_block);
  conditioner.fit({training});
  const Tensor tokens = branch_of(conditioner).normalize(training).tokens;
  ASSERT_EQ(tokens.sizes(), at::IntArrayRef({kDepth, 8000, kEncoderWidth}));
  EXPECT_LT(tokens.flatten(0, 1).mean(0).abs().max().item<double>(), 1e-3);
  EXPECT_LT((tokens[2].std(0, /*unbiased=*/false) - 1).abs().max().item<double>(), 1e-2);
}

TEST(TextBranch, RefusesFeaturesWithMoreLayersThanItWasBuiltFor) {
  ComposedConditioner single(settings(LayerMix::normalized_mean), {kEncoderWidth}, context());
  EXPECT_THROW(single.condition(features(LayerMix::learned), {}, keep_all()), c10::Error);
}

}  // namespace
}  // namespace lidit
