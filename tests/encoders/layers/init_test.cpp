#include "encoders/layers/init.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "encoders/layers/feed_forward.h"
#include "encoders/layers/norms.h"

namespace lidit {
namespace {

struct Pair : torch::nn::Module {
  explicit Pair(bool with_norm) {
    if (with_norm) norm = register_module("norm", RMSNorm(8));
    feed_forward = register_module("feed_forward", FeedForward(8));
  }
  RMSNorm norm{nullptr};
  FeedForward feed_forward{nullptr};
};

TEST(Initialize, GivesEqualNamesEqualWeightsWhateverElseExists) {
  Pair small(false), large(true);
  initialize(small, 7, "model");
  initialize(large, 7, "model");
  EXPECT_TRUE(at::equal(small.feed_forward->fc1->weight, large.feed_forward->fc1->weight));
  EXPECT_FALSE(
      at::equal(small.feed_forward->fc1->weight, small.feed_forward->fc2->weight.view({32, 8})));
}

TEST(Initialize, DependsOnTheSeedAndOnThePrefix) {
  Pair a(false), b(false), c(false);
  initialize(a, 7, "model");
  initialize(b, 8, "model");
  initialize(c, 7, "other");
  EXPECT_FALSE(at::equal(a.feed_forward->fc1->weight, b.feed_forward->fc1->weight));
  EXPECT_FALSE(at::equal(a.feed_forward->fc1->weight, c.feed_forward->fc1->weight));
}

TEST(Initialize, FillsADoubleModuleWithTheSameValues) {
  Pair single(false), wide(false);
  wide.to(at::kDouble);
  initialize(single, 7, "model");
  initialize(wide, 7, "model");
  EXPECT_TRUE(
      at::equal(single.feed_forward->fc1->weight.to(at::kDouble), wide.feed_forward->fc1->weight));
}

TEST(Initialize, UsesXavierForMatricesZerosForBiasesAndOnesForNorms) {
  Pair pair(true);
  initialize(pair, 7, "model");
  EXPECT_TRUE(at::equal(pair.norm->weight, at::ones({8})));
  EXPECT_TRUE(at::equal(pair.feed_forward->fc1->bias, at::zeros({32})));
  const Tensor weight = pair.feed_forward->fc1->weight;
  const double bound = std::sqrt(6.0 / (8 + 32));
  EXPECT_LE(weight.abs().max().item<double>(), bound);
  // A uniform on +-bound has variance bound^2 / 3; the estimate from 256 draws is within 25 %.
  EXPECT_NEAR(weight.square().mean().item<double>() / (bound * bound / 3), 1, 0.25);
}

TEST(Initialize, CountsTheFieldOfAConvolutionInItsFans) {
  const Tensor kernel = at::empty({4, 2, 3, 3});
  fill_xavier_uniform(kernel, 1, "kernel");
  const double bound = std::sqrt(6.0 / (9 * (4 + 2)));
  EXPECT_LE(kernel.abs().max().item<double>(), bound);
  EXPECT_GT(kernel.abs().max().item<double>(), 0.8 * bound);
}

TEST(Initialize, RefusesAVectorItHasNoRuleFor) {
  struct Odd : torch::nn::Module {
    Odd() { register_parameter("offset", at::zeros({3})); }
  } odd;
  EXPECT_THROW(initialize(odd, 1, "odd"), c10::Error);
}

TEST(FillNormal, HasTheDeviationAskedFor) {
  const Tensor table = at::empty({64, 64});
  fill_normal(table, 0.5, 3, "table");
  EXPECT_NEAR(table.std().item<double>(), 0.5, 0.02);
  EXPECT_NEAR(table.mean().item<double>(), 0, 0.03);
}

}  // namespace
}  // namespace lidit
