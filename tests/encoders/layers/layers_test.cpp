#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/utils.h>

#include <cmath>

#include "encoders/layers/feed_forward.h"
#include "encoders/layers/init.h"
#include "encoders/layers/modulation.h"
#include "encoders/layers/norms.h"
#include "encoders/layers/timestep_embedding.h"

namespace lidit {
namespace {

Tensor normal(at::IntArrayRef shape, const char* stream, at::ScalarType dtype = at::kDouble) {
  const Tensor x = at::empty(shape, dtype);
  fill_normal(x, 1, 12, stream);
  return x;
}

TEST(RMSNorm, AndItsGradientEqualTheComposedFormula) {
  RMSNorm norm(6);
  norm->to(at::kDouble);
  {
    const torch::NoGradGuard no_grad;
    fill_normal(norm->weight, 1, 12, "weight");
  }
  const Tensor x = normal({3, 5, 6}, "x").requires_grad_();
  const Tensor upstream = normal({3, 5, 6}, "upstream");
  const Tensor y = norm(x);
  const Tensor composed = x * (x.square().mean(-1, true) + kNormEpsilon).rsqrt() * norm->weight;
  const auto actual = torch::autograd::grad({y}, {x, norm->weight}, {upstream});
  const auto expected = torch::autograd::grad({composed}, {x, norm->weight}, {upstream});
  EXPECT_TRUE(at::allclose(y, composed, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(actual[0], expected[0], 1e-10, 1e-10));
  EXPECT_TRUE(at::allclose(actual[1], expected[1], 1e-10, 1e-10));
}

TEST(RMSNormalize, ReturnsUnitRowsInSinglePrecisionFromHalfStates) {
  const Tensor states = (normal({4, 32}, "x") * 25000).to(at::kBFloat16);
  const Tensor rows = rms_normalize(states);
  EXPECT_EQ(rows.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::allclose(rows.square().mean(-1), at::ones({4}), 1e-5, 1e-5));
}

TEST(RMSNormalize, KeepsARowOfZerosAtZero) {
  EXPECT_TRUE(at::equal(rms_normalize(at::zeros({2, 8})), at::zeros({2, 8})));
}

TEST(FeedForward, IsTwoProjectionsAroundATanhGelu) {
  FeedForward network(4);
  network->to(at::kDouble);
  initialize(*network, 1, "network");
  const torch::NoGradGuard no_grad;
  fill_normal(network->fc1->bias, 1, 12, "fc1.bias");
  fill_normal(network->fc2->bias, 1, 12, "fc2.bias");
  const Tensor x = normal({3, 4}, "x");
  const Tensor inner = at::matmul(x, network->fc1->weight.t()) + network->fc1->bias;
  const Tensor active =
      0.5 * inner * (1 + (std::sqrt(2 / M_PI) * (inner + 0.044715 * inner.pow(3))).tanh());
  const Tensor expected = at::matmul(active, network->fc2->weight.t()) + network->fc2->bias;
  EXPECT_EQ(network->fc1->weight.size(0), 16);
  EXPECT_TRUE(at::allclose(network(x), expected, 1e-12, 1e-12));
}

TEST(Modulation, StartsWithClosedGatesAndNoShiftOrScale) {
  Modulation modulation(ModulationOptions{.width = 4, .sublayers = 3});
  initialize(*modulation, 1, "modulation");
  for (const SublayerModulation& sublayer : modulation(normal({2, 4}, "c", at::kFloat)))
    for (const Tensor& x : {sublayer.shift, sublayer.scale, sublayer.gate})
      EXPECT_TRUE(at::equal(x, at::zeros({2, 1, 4})));
}

TEST(Modulation, OpensOnlyItsGatesWhenTheyStartAtOne) {
  Modulation modulation(ModulationOptions{.width = 4, .sublayers = 2, .gate = GateInit::one});
  for (const SublayerModulation& sublayer : modulation(normal({2, 4}, "c", at::kFloat))) {
    EXPECT_TRUE(at::equal(sublayer.shift, at::zeros({2, 1, 4})));
    EXPECT_TRUE(at::equal(sublayer.scale, at::zeros({2, 1, 4})));
    EXPECT_TRUE(at::equal(sublayer.gate, at::ones({2, 1, 4})));
  }
}

TEST(Modulation, CutsTheProjectionIntoShiftScaleAndGateOfEachSublayer) {
  Modulation modulation(ModulationOptions{.width = 2, .sublayers = 2});
  const torch::NoGradGuard no_grad;
  modulation->linear->bias.copy_(at::arange(12));
  const auto sublayers = modulation(at::zeros({1, 2}));
  ASSERT_EQ(sublayers.size(), 2u);
  EXPECT_TRUE(at::equal(sublayers[0].shift, at::tensor({0.f, 1.f}).view({1, 1, 2})));
  EXPECT_TRUE(at::equal(sublayers[0].gate, at::tensor({4.f, 5.f}).view({1, 1, 2})));
  EXPECT_TRUE(at::equal(sublayers[1].scale, at::tensor({8.f, 9.f}).view({1, 1, 2})));
}

TEST(Modulation, HasGatesAloneWhenShiftAndScaleAreOff) {
  Modulation modulation(ModulationOptions{.width = 4, .sublayers = 2, .shift_and_scale = false});
  const auto sublayers = modulation(at::zeros({3, 4}));
  EXPECT_EQ(modulation->linear->weight.size(0), 8);
  EXPECT_EQ(sublayers.size(), 2u);
  EXPECT_FALSE(sublayers[0].shift.defined());
}

TEST(Modulate, ScalesAroundOneAndShifts) {
  const Tensor x = normal({2, 3, 4}, "x"), shift = normal({2, 1, 4}, "a"),
               scale = normal({2, 1, 4}, "b");
  EXPECT_TRUE(at::allclose(modulate(x, shift, scale), x * (1 + scale) + shift, 1e-12, 1e-12));
}

TEST(Sinusoids, AreCosinesThenSinesOfAThousandTimesTheTime) {
  const Tensor s = sinusoids(at::tensor({0.25f}), 4);  // frequencies 1 and 1/100
  EXPECT_NEAR(s[0][0].item<double>(), std::cos(250.0), 1e-5);
  EXPECT_NEAR(s[0][1].item<double>(), std::cos(2.5), 1e-5);
  EXPECT_NEAR(s[0][2].item<double>(), std::sin(250.0), 1e-5);
  EXPECT_NEAR(s[0][3].item<double>(), std::sin(2.5), 1e-5);
}

TEST(TimestepEmbedding, TellsTimesApart) {
  TimestepEmbedding embedding(16);
  initialize(*embedding, 1, "time");
  const Tensor y = embedding(at::tensor({0.f, 0.5f, 0.501f}));
  EXPECT_EQ(y.sizes(), at::IntArrayRef({3, 16}));
  EXPECT_GT((y[0] - y[1]).abs().max().item<double>(), 1e-3);
  EXPECT_GT((y[1] - y[2]).abs().max().item<double>(), 1e-3);
}

}  // namespace
}  // namespace lidit
