#include "encoders/layers/attention.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "encoders/layers/init.h"

namespace lidit {
namespace {

Tensor normal(at::IntArrayRef shape, const char* stream, at::ScalarType dtype = at::kDouble) {
  const Tensor x = at::empty(shape, dtype);
  fill_normal(x, 1, 11, stream);
  return x;
}

// Attention of one query over visible keys, in words: no tensor operators.
std::vector<double> attend_by_loops(const Tensor& q, const Tensor& k, const Tensor& v,
                                    const std::vector<bool>& visible) {
  const auto keys = k.size(0), width = k.size(1);
  std::vector<double> weights(keys, 0), out(width, 0);
  double total = 0;
  for (int j = 0; j < keys; ++j) {
    if (!visible[j]) continue;
    double score = 0;
    for (int d = 0; d < width; ++d) score += q[d].item<double>() * k[j][d].item<double>();
    total += weights[j] = std::exp(score / std::sqrt(static_cast<double>(width)));
  }
  for (int j = 0; j < keys; ++j)
    for (int d = 0; d < width; ++d) out[d] += weights[j] / total * v[j][d].item<double>();
  return out;
}

bool sees(AttentionPattern pattern, int query, int key) {
  if (pattern == AttentionPattern::causal) return key <= query;
  if (pattern == AttentionPattern::reverse_causal) return key >= query;
  return pattern == AttentionPattern::full || key == query;
}

void expect_equals_loops(AttentionPattern pattern, bool gradient) {
  const Tensor q = normal({2, 2, 5, 4}, "q").requires_grad_(gradient);
  const Tensor k = normal({2, 2, 5, 4}, "k"), v = normal({2, 2, 5, 4}, "v");
  const Tensor mask =
      at::tensor({1, 1, 1, 0, 0, 1, 1, 1, 1, 0}, at::kLong).view({2, 5}).to(at::kBool);
  const Tensor out = scaled_dot_product(q, k, v, attention_bias(mask, pattern, at::kDouble));
  for (int b = 0; b < 2; ++b)
    for (int h = 0; h < 2; ++h)
      for (int i = 0; i < 5; ++i) {
        std::vector<bool> visible(5);
        for (int j = 0; j < 5; ++j) visible[j] = mask[b][j].item<bool>() && sees(pattern, i, j);
        if (std::find(visible.begin(), visible.end(), true) == visible.end()) continue;
        const auto expected = attend_by_loops(q[b][h][i], k[b][h], v[b][h], visible);
        for (int d = 0; d < 4; ++d)
          EXPECT_NEAR(out[b][h][i][d].item<double>(), expected[d], 1e-12) << b << h << i << d;
      }
}

TEST(ScaledDotProduct, EqualsLoopsOverVisibleKeys) {
  using enum AttentionPattern;
  for (const auto pattern : {full, causal, reverse_causal, diagonal})
    for (const bool gradient : {false, true}) expect_equals_loops(pattern, gradient);
}

TEST(ScaledDotProduct, HasTheSameGradientsOnBothPaths) {
  // 49 x 49 scores take the fused kernel, their first 40 x 40 alone the plain one.
  const Tensor bias = Tensor{};
  const Tensor q = normal({1, 2, 49, 4}, "q"), k = normal({1, 2, 49, 4}, "k");
  const Tensor hidden =
      attention_bias(at::arange(49).lt(40).unsqueeze(0), AttentionPattern::full, at::kDouble);
  const auto gradients = [&](std::int64_t size, const Tensor& mask) {
    const Tensor query = q.narrow(2, 0, size).clone().requires_grad_();
    const Tensor key = k.narrow(2, 0, size).clone().requires_grad_();
    scaled_dot_product(query, key, key, mask).narrow(2, 0, 40).square().sum().backward();
    return std::pair(query.grad().narrow(2, 0, 40), key.grad().narrow(2, 0, 40));
  };
  const auto [fused_q, fused_k] = gradients(49, hidden);
  const auto [plain_q, plain_k] = gradients(40, bias);
  EXPECT_TRUE(at::allclose(fused_q, plain_q, 1e-10, 1e-10));
  EXPECT_TRUE(at::allclose(fused_k, plain_k, 1e-10, 1e-10));
}

TEST(ScaledDotProduct, GivesHiddenKeysExactlyNoWeight) {
  for (const bool gradient : {false, true}) {
    const Tensor q = normal({1, 1, 3, 4}, "q", at::kFloat).requires_grad_(gradient);
    const Tensor k = normal({1, 1, 3, 4}, "k", at::kFloat),
                 v = normal({1, 1, 3, 4}, "v", at::kFloat);
    const Tensor bias = attention_bias(at::tensor({1, 1, 0}, at::kLong).to(at::kBool).unsqueeze(0),
                                       AttentionPattern::full, at::kFloat);
    Tensor changed_k = k.clone(), changed_v = v.clone();
    changed_k.select(2, 2).add_(100);
    changed_v.select(2, 2).add_(100);
    EXPECT_TRUE(at::equal(scaled_dot_product(q, k, v, bias),
                          scaled_dot_product(q, changed_k, changed_v, bias)));
  }
}

TEST(ScaledDotProduct, StaysFiniteWhereARowHasNoKeyAtAll) {
  for (const std::int64_t keys : {3, 60}) {  // plain and fused
    const Tensor q = normal({1, 1, keys, 4}, "q", at::kFloat).requires_grad_();
    const Tensor bias =
        attention_bias(at::zeros({1, keys}, at::kBool), AttentionPattern::full, at::kFloat);
    const Tensor out = scaled_dot_product(q, q, q, bias);
    out.sum().backward();
    EXPECT_TRUE(out.isfinite().all().item<bool>());
    EXPECT_TRUE(q.grad().isfinite().all().item<bool>());
  }
}

TEST(Attention, NormalisesQueriesAndKeysPerHead) {
  Attention attention(AttentionOptions{.width = 8, .heads = 2});
  initialize(*attention, 5, "attention");
  const torch::NoGradGuard no_grad;
  const Tensor x = normal({1, 4, 8}, "x", at::kFloat);
  const Tensor before = attention(x, x, Tensor{});
  attention->q_proj->weight.mul_(100);  // only the direction of a query counts
  attention->k_proj->weight.mul_(100);
  EXPECT_TRUE(at::allclose(attention(x, x, Tensor{}), before, 1e-4, 1e-5));
}

TEST(Attention, RefusesAWidthThatHeadsDoNotDivide) {
  EXPECT_THROW(Attention(AttentionOptions{.width = 8, .heads = 3}), c10::Error);
}

TEST(AttentionBias, RefusesAMaskThatIsNotBoolean) {
  EXPECT_THROW(attention_bias(at::ones({1, 3}), AttentionPattern::full, at::kFloat), c10::Error);
}

}  // namespace
}  // namespace lidit
