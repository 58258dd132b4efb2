#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/training/adamw.h"
#include "harness/training/draws.h"
#include "harness/training/ema.h"
#include "harness/training/gradients.h"
#include "harness/training/learning_rate.h"
#include "harness/training/muon.h"
#include "harness/training/train_options.h"

namespace lidit {
namespace {

Tensor parameter(at::IntArrayRef shape, std::string_view stream) {
  return normal_tensor(Philox(5, stream), shape).requires_grad_();
}

Tensor gradient(at::IntArrayRef shape, std::string_view stream, std::uint64_t step) {
  return normal_tensor(Philox(6, stream, step), shape);
}

TEST(LearningRate, WarmsUpLinearlyAndFallsAlongACosine) {
  EXPECT_DOUBLE_EQ(learning_rate_factor(0, 100, 600), 0.01);
  EXPECT_DOUBLE_EQ(learning_rate_factor(99, 100, 600), 1);
  EXPECT_DOUBLE_EQ(learning_rate_factor(100, 100, 600), 1);
  EXPECT_DOUBLE_EQ(learning_rate_factor(350, 100, 600), 0.5);
  EXPECT_NEAR(learning_rate_factor(599, 100, 600), 0, 1e-4);
  EXPECT_GT(learning_rate_factor(599, 100, 600), 0);
  EXPECT_DOUBLE_EQ(learning_rate_factor(0, 0, 10), 1);
}

TEST(AdamW, EqualsThePlainFormulas) {
  const AdamWOptions options{.beta1 = 0.8, .beta2 = 0.95, .eps = 1e-6, .weight_decay = 0.1};
  const Tensor a = parameter({3, 4}, "a"), b = parameter({5}, "b");
  const std::vector<Tensor> tensors{a, b};
  std::vector<Tensor> values, means, squares;  // double precision
  for (const Tensor& tensor : tensors) {
    values.push_back(tensor.detach().to(at::kDouble));
    means.push_back(at::zeros_like(values.back()));
    squares.push_back(at::zeros_like(values.back()));
  }
  AdamW optimizer({{"a", a}, {"b", b}}, options);
  for (int n = 1; n <= 30; ++n) {
    const double rate = 0.01 * n;
    for (std::size_t i = 0; i < 2; ++i) {
      const Tensor g = gradient(tensors[i].sizes(), i == 0 ? "a" : "b", static_cast<unsigned>(n));
      tensors[i].mutable_grad() = g;
      const Tensor wide = g.to(at::kDouble);
      means[i] = options.beta1 * means[i] + (1 - options.beta1) * wide;
      squares[i] = options.beta2 * squares[i] + (1 - options.beta2) * wide * wide;
      const Tensor mean = means[i] / (1 - std::pow(options.beta1, n));
      const Tensor square = squares[i] / (1 - std::pow(options.beta2, n));
      values[i] = values[i] * (1 - rate * options.weight_decay) -
                  rate * mean / (square.sqrt() + options.eps);
    }
    optimizer.step(rate);
  }
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_LT((tensors[i] - values[i]).abs().max().item<double>(), 1e-5);
}

TEST(AdamW, LeavesAParameterWithoutGradientAlone) {
  const Tensor used = parameter({3}, "used"), unused = parameter({3}, "unused");
  const Tensor before = unused.detach().clone();
  AdamW optimizer({{"used", used}, {"unused", unused}}, {});
  used.mutable_grad() = at::ones({3});
  optimizer.step(0.1);
  EXPECT_TRUE(at::equal(unused, before));
  EXPECT_FALSE(at::equal(used, parameter({3}, "used")));
}

TEST(Muon, OrthogonalizeBringsSingularValuesNearOneAndKeepsTheVectors) {
  for (const auto& shape :
       std::vector<std::vector<std::int64_t>>{{4, 16, 16}, {3, 64, 16}, {2, 16, 64}}) {
    const Tensor matrices = normal_tensor(Philox(1, "matrices"), shape);
    const Tensor result = orthogonalize(matrices);
    ASSERT_EQ(result.sizes(), matrices.sizes());
    const auto [u, s, vh] = at::linalg_svd(matrices, /*full_matrices=*/false);
    const Tensor rotated = at::bmm(at::bmm(u.mT(), result), vh.mT());  // diagonal
    const Tensor diagonal = rotated.diagonal(0, 1, 2);
    const Tensor clear = s > 0.02 * s.amax(-1, true);  // five steps lift smaller ones only part way
    EXPECT_GT(diagonal.masked_select(clear).min().item<double>(), 0.5);
    EXPECT_LT(diagonal.max().item<double>(), 1.3);
    EXPECT_LT((rotated - at::diag_embed(diagonal)).abs().max().item<double>(), 1e-3);
  }
}

TEST(Muon, AMatrixIsUpdatedAsIfItWereAlone) {
  const Tensor a = parameter({8, 4}, "a"), b = parameter({8, 4}, "b"), c = parameter({4, 4}, "c");
  const Tensor alone = parameter({8, 4}, "b");
  Muon together({{"a", a}, {"b", b}, {"c", c}}), single({{"b", alone}});
  for (std::uint64_t step = 0; step < 3; ++step) {
    for (const Tensor& matrix : {a, b, c, alone})
      matrix.mutable_grad() = gradient(matrix.sizes(), "g", step);
    a.mutable_grad() = a.grad() * 7 + 1;
    together.step(0.1);
    single.step(0.1);
  }
  EXPECT_TRUE(at::allclose(b, alone, 1e-5, 1e-6));
}

TEST(Muon, TheStepHasTheLearningRateAsItsNormWhateverTheGradientsScale) {
  for (const double scale : {1e-4, 1.0, 1e4}) {
    const Tensor wide = parameter({8, 32}, "wide"), tall = parameter({32, 8}, "tall");
    const Tensor wide_before = wide.detach().clone(), tall_before = tall.detach().clone();
    Muon muon({{"wide", wide}, {"tall", tall}});
    wide.mutable_grad() = gradient({8, 32}, "g", 0) * scale;
    tall.mutable_grad() = gradient({32, 8}, "g", 0) * scale;
    muon.step(0.1);
    EXPECT_NEAR(at::linalg_matrix_norm(wide_before - wide.detach(), 2).item<double>(), 0.1, 0.03);
    EXPECT_NEAR(at::linalg_matrix_norm(tall_before - tall.detach(), 2).item<double>(), 0.2, 0.06);
  }
}

TEST(Muon, FollowsTheGradientDownhill) {
  const Tensor target = normal_tensor(Philox(1, "target"), {16, 16});
  const Tensor matrix = parameter({16, 16}, "matrix");
  Muon muon({{"matrix", matrix}});
  const auto loss = [&] { return (matrix - target).square().sum(); };
  const double before = loss().item<double>();
  for (int step = 0; step < 100; ++step) {
    matrix.mutable_grad() = Tensor();
    loss().backward();
    muon.step(0.2 * (1 - step / 100.0));
  }
  EXPECT_LT(loss().item<double>(), 0.05 * before);
}

TEST(Ema, FollowsItsFormula) {
  const Tensor value = at::zeros({2}).requires_grad_();
  Ema ema({{"value", value}}, 0.5);
  const c10::NoGradGuard no_grad;
  value.fill_(1);
  ema.update(0);  // decay 1/10
  EXPECT_TRUE(at::allclose(ema.state()[0].tensor, at::full({2}, 0.9)));
  ema.update(100);  // decay 0.5
  EXPECT_TRUE(at::allclose(ema.state()[0].tensor, at::full({2}, 0.95)));
  EXPECT_EQ(ema.state()[0].name, "ema.value");
}

TEST(Ema, WeightsAreSwappedInAndBack) {
  const Tensor value = at::zeros({2}).requires_grad_();
  Ema ema({{"value", value}}, 0.5);
  {
    const c10::NoGradGuard no_grad;
    value.fill_(1);
  }
  ema.update(0);
  {
    const EmaWeights averaged(ema);
    EXPECT_TRUE(at::allclose(value, at::full({2}, 0.9)));
    EXPECT_TRUE(value.requires_grad());
  }
  EXPECT_TRUE(at::equal(value, at::ones({2})));
  EXPECT_TRUE(at::allclose(ema.state()[0].tensor, at::full({2}, 0.9)));
}

TEST(Gradients, AreScaledToTheirLargestJointNorm) {
  const Tensor a = parameter({2}, "a"), b = parameter({1}, "b"), none = parameter({1}, "none");
  a.mutable_grad() = at::tensor({2.0f, 1.0f});
  b.mutable_grad() = at::tensor({2.0f});
  EXPECT_NEAR(clip_gradients({a, b, none}, 1.5).item<double>(), 3, 1e-6);
  EXPECT_TRUE(at::allclose(a.grad(), at::tensor({1.0f, 0.5f})));
  EXPECT_NEAR(clip_gradients({a, b, none}, 2).item<double>(), 1.5, 1e-6);
  EXPECT_TRUE(at::allclose(a.grad(), at::tensor({1.0f, 0.5f})));  // small enough
  clear_gradients({a, b, none});
  EXPECT_FALSE(a.grad().defined() || b.grad().defined());
}

template <class Change>
void expect_refusal(Change change) {
  TrainOptions options;
  change(options);
  EXPECT_THROW(check(options), SpecError);
}

TEST(TrainOptions, ContradictionsAndNaNAreRefused) {
  EXPECT_NO_THROW(check(TrainOptions{}));
  expect_refusal([](TrainOptions& o) { o.steps = 0; });
  expect_refusal([](TrainOptions& o) { o.steps = 100; });  // all of it would be warm-up
  expect_refusal([](TrainOptions& o) { o.batch = 0; });
  expect_refusal([](TrainOptions& o) { o.backbone_lr = std::nan(""); });
  expect_refusal([](TrainOptions& o) { o.muon_lr = -1; });
  expect_refusal([](TrainOptions& o) { o.ema = 1; });
  expect_refusal([](TrainOptions& o) { o.drop = std::nan(""); });
  expect_refusal([](TrainOptions& o) { o.clip = 0; });
}

}  // namespace
}  // namespace lidit
