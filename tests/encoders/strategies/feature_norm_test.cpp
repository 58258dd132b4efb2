// What is done to features before they are mapped to the backbone's width.
#include <gtest/gtest.h>
#include <torch/utils.h>

#include "encoders/strategies/composed_conditioner.h"
#include "random_features.h"

namespace lidit {
namespace {

TextBranch branch(FeatureNorm norm) {
  TextBranch made(TextBranchOptions{.shape = {.encoder_width = 12, .width = 8, .heads = 2},
                                    .feature_norm = norm});
  initialize(*made, 1, "branch");
  made->reset();
  return made;
}

Tensor tokens(FeatureNorm norm, const EncoderFeatures& features) {
  return branch(norm)->normalize(features).tokens.detach();
}

EncoderFeatures shifted() {
  EncoderFeatures features = RandomFeatures{.prefix = 2, .dtype = at::kBFloat16}.make();
  features.layers += 40;  // a mean that LayerNorm takes away and RMS normalisation does not
  return features;
}

double deviation(const Tensor& x) { return x.square().mean().sqrt().item<double>(); }

TEST(FeatureNorm, NoneLeavesTheStatesAsTheyAre) {
  const EncoderFeatures features = shifted();
  EXPECT_TRUE(at::equal(tokens(FeatureNorm::none, features), features.layers[0].to(at::kFloat)));
}

TEST(FeatureNorm, LayerNormTakesMeanAndScaleOfEveryToken) {
  const EncoderFeatures features = shifted();
  const Tensor x = features.layers[0].to(at::kDouble);
  const Tensor centred = x - x.mean(-1, true);
  const Tensor expected = centred / (centred.square().mean(-1, true) + 1e-6).sqrt();
  for (const FeatureNorm norm : {FeatureNorm::layer_norm, FeatureNorm::affine_layer_norm})
    EXPECT_TRUE(at::allclose(tokens(norm, features).to(at::kDouble), expected, 1e-4, 1e-5));
  EXPECT_FALSE(at::allclose(tokens(FeatureNorm::rms, features).to(at::kDouble), expected, 0.1));
}

TEST(FeatureNorm, AffineLayerNormTrainsWeightAndBias) {
  TextBranch affine = branch(FeatureNorm::affine_layer_norm);
  const EncoderFeatures features = shifted();
  affine->normalize(features).tokens.square().sum().backward();
  std::vector<std::string> trained;
  for (const auto& item : affine->named_parameters())
    if (item.value().grad().defined()) trained.push_back(item.key());
  EXPECT_EQ(trained, (std::vector<std::string>{"feature_norm.weight", "feature_norm.bias"}));
  EXPECT_TRUE(branch(FeatureNorm::layer_norm)->named_parameters().find("feature_norm.weight") ==
              nullptr);
}

TEST(FeatureNorm, ScaledRmsStartsAtAHundredthAndIsTrained) {
  const EncoderFeatures features = shifted();
  TextBranch scaled = branch(FeatureNorm::scaled_rms);
  const Tensor states = scaled->normalize(features).tokens;
  EXPECT_NEAR(deviation(states), 0.01, 1e-4);
  EXPECT_TRUE(at::allclose(states, 0.01 * tokens(FeatureNorm::rms, features), 1e-5, 1e-7));
  states.sum().backward();
  EXPECT_TRUE(scaled->named_parameters()["feature_norm.weight"].grad().defined());
}

TEST(FeatureNorm, ScaledRmsPoolsStatesOfUnitScale) {
  const EncoderFeatures features = shifted();
  TextBranch rms = branch(FeatureNorm::rms), scaled = branch(FeatureNorm::scaled_rms);
  const Tensor a = rms->pool(rms->normalize(features), features, PooledRows::all);
  const Tensor b = scaled->pool(scaled->normalize(features), features, PooledRows::all);
  EXPECT_TRUE(at::allclose(a, b, 1e-2, 1e-3));  // the norm's epsilon is 1 % of 0.01 squared
}

}  // namespace
}  // namespace lidit
