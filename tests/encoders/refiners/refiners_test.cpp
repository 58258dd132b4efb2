#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <string>
#include <vector>

#include "encoders/layers/init.h"
#include "encoders/refiners/collaborative_refiner.h"
#include "encoders/refiners/linguistic_token_refiner.h"

namespace lidit {
namespace {

constexpr std::int64_t kWidth = 8, kHeads = 2;

Tensor normal(at::IntArrayRef shape, const std::string& stream,
              at::ScalarType dtype = at::kDouble) {
  const Tensor x = at::empty(shape, dtype);
  fill_normal(x, 1, 21, stream);
  return x;
}

// Every parameter drawn at random, so that no gate is closed and no bias hides behind a zero.
template <class Module>
Module random(Module module) {
  const torch::NoGradGuard no_grad;
  module->to(at::kDouble);
  for (auto& item : module->named_parameters())
    fill_normal(item.value(), 0.5, 21, "random." + item.key());
  return module;
}

Tensor lengths_mask(const std::vector<std::int64_t>& lengths, std::int64_t size) {
  return at::arange(size).unsqueeze(0) < at::tensor(lengths).unsqueeze(1);
}

// An independent reference: one sample at a time, vectors and loops, no masks (padding is cut off).
using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;  // rows

Matrix matrix_of(const Tensor& x) {  // (T,D)
  Matrix rows;
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const Tensor row = x[i].contiguous();
    rows.emplace_back(row.data_ptr<double>(), row.data_ptr<double>() + row.numel());
  }
  return rows;
}
Vector vector_of(const Tensor& x) { return matrix_of(x.unsqueeze(0))[0]; }

struct Reference {
  const torch::nn::Module& module;

  Tensor parameter(const std::string& name) const {
    return module.named_parameters()[name].detach();
  }
  Vector linear(const std::string& name, const Vector& x) const {
    const Matrix weight = matrix_of(parameter(name + ".weight"));
    Vector y = vector_of(parameter(name + ".bias"));
    for (std::size_t o = 0; o < y.size(); ++o)
      for (std::size_t i = 0; i < x.size(); ++i) y[o] += weight[o][i] * x[i];
    return y;
  }
  Vector layer_norm(const std::string& name, const Vector& x) const {
    const Vector weight = vector_of(parameter(name + ".weight"));
    Vector y = vector_of(parameter(name + ".bias"));
    double mean = 0, variance = 0;
    for (const double v : x) mean += v / static_cast<double>(x.size());
    for (const double v : x) variance += (v - mean) * (v - mean) / static_cast<double>(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] += weight[i] * (x[i] - mean) / std::sqrt(variance + 1e-6);
    return y;
  }
  Vector rms_norm_head(const std::string& name, const Vector& x, std::size_t head) const {
    const Vector weight = vector_of(parameter(name + ".weight"));
    Vector y(weight.size());
    double square = 0;
    for (std::size_t d = 0; d < y.size(); ++d) square += std::pow(x[head * y.size() + d], 2);
    for (std::size_t d = 0; d < y.size(); ++d)
      y[d] = weight[d] * x[head * y.size() + d] /
             std::sqrt(square / static_cast<double>(y.size()) + 1e-6);
    return y;
  }
  Vector feed_forward(const std::string& name, const Vector& x) const {
    Vector inner = linear(name + ".fc1", x);
    for (double& v : inner)
      v *= 0.5 * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    return linear(name + ".fc2", inner);
  }
  // Query row i sees the first limit[i] rows of the context.
  Matrix attention(const std::string& name, const Matrix& queries, const Matrix& context,
                   const std::vector<std::size_t>& limit) const {
    Matrix out;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      Vector joined(kWidth, 0);
      for (std::size_t h = 0; h < kHeads; ++h) {
        const std::size_t d_head = kWidth / kHeads;
        const Vector q = rms_norm_head(name + ".q_norm", linear(name + ".q_proj", queries[i]), h);
        double total = 0;
        Vector weights(limit[i]);
        for (std::size_t j = 0; j < limit[i]; ++j) {
          const Vector k = rms_norm_head(name + ".k_norm", linear(name + ".k_proj", context[j]), h);
          double score = 0;
          for (std::size_t d = 0; d < d_head; ++d) score += q[d] * k[d];
          total += weights[j] = std::exp(score / std::sqrt(static_cast<double>(d_head)));
        }
        for (std::size_t j = 0; j < limit[i]; ++j) {
          const Vector v = linear(name + ".v_proj", context[j]);
          for (std::size_t d = 0; d < d_head; ++d)
            joined[h * d_head + d] += weights[j] / total * v[h * d_head + d];
        }
      }
      out.push_back(linear(name + ".o_proj", joined));
    }
    return out;
  }
  Vector condition(const std::string& name, Vector c) const {
    for (double& v : c) v /= 1 + std::exp(-v);
    return linear(name, c);
  }
};

Vector slice(const Vector& x, std::size_t part) {
  return {x.begin() + part * kWidth, x.begin() + (part + 1) * kWidth};
}
void add_gated(Vector& x, const Vector& gate, const Vector& y) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += gate[i] * y[i];
}
Vector modulated(Vector x, const Vector& shift, const Vector& scale) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] * (1 + scale[i]) + shift[i];
  return x;
}
void expect_rows_equal(const Tensor& actual, const Matrix& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    for (std::size_t d = 0; d < expected[i].size(); ++d)
      EXPECT_NEAR(actual[i][d].item<double>(), expected[i][d], 1e-9) << "row " << i << " " << d;
}

Matrix reference_refiner(const Reference& reference, Matrix x, const Vector& c, std::size_t depth,
                         bool causal) {
  for (std::size_t block = 0; block < depth; ++block) {
    const std::string name = "blocks." + std::to_string(block);
    const Vector gates = reference.condition(name + ".modulation.linear", c);
    Matrix normalized;
    std::vector<std::size_t> limit;
    for (std::size_t i = 0; i < x.size(); ++i) {
      normalized.push_back(reference.layer_norm(name + ".attention_norm", x[i]));
      limit.push_back(causal ? i + 1 : x.size());
    }
    const Matrix mixed = reference.attention(name + ".attention", normalized, normalized, limit);
    for (std::size_t i = 0; i < x.size(); ++i) {
      add_gated(x[i], slice(gates, 0), mixed[i]);
      const Vector inner = reference.layer_norm(name + ".feed_forward_norm", x[i]);
      add_gated(x[i], slice(gates, 1), reference.feed_forward(name + ".feed_forward", inner));
    }
  }
  return x;
}

TEST(LinguisticTokenRefiner, EqualsThePaperWrittenInLoops) {
  const std::vector<std::int64_t> lengths = {5, 3};
  for (const auto pattern : {AttentionPattern::full, AttentionPattern::causal}) {
    LinguisticTokenRefiner refiner = random(LinguisticTokenRefiner(LinguisticTokenRefinerOptions{
        .width = kWidth, .heads = kHeads, .depth = 2, .mask = pattern}));
    const Tensor x = normal({2, 5, kWidth}, "x"), c = normal({2, kWidth}, "c");
    const Tensor y = refiner(x, lengths_mask(lengths, 5), c);
    for (std::int64_t b = 0; b < 2; ++b)
      expect_rows_equal(
          y[b], reference_refiner(Reference{*refiner}, matrix_of(x[b].narrow(0, 0, lengths[b])),
                                  vector_of(c[b]), 2, pattern == AttentionPattern::causal));
  }
}

Matrix concat(const Matrix& a, const Matrix& b) {
  Matrix both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

std::vector<Matrix> reference_collaboration(const Reference& reference, std::vector<Matrix> x,
                                            const std::vector<Vector>& c, std::size_t depth) {
  for (std::size_t block = 0; block < depth; ++block) {
    const std::vector<Matrix> before = x;
    for (std::size_t m = 0; m < x.size(); ++m) {
      const std::string name = "blocks." + std::to_string(block) + "." + std::to_string(m);
      const Vector v = reference.condition(name + ".modulation.linear", c[m]);
      Matrix others, keys, queries;
      for (std::size_t n = 0; n < x.size(); ++n)
        if (n != m) others = concat(others, before[n]);
      for (const Vector& row : others)
        keys.push_back(reference.layer_norm(name + ".others_norm", row));
      for (const Vector& row : before[m])
        queries.push_back(modulated(reference.layer_norm(name + ".attention_norm", row),
                                    slice(v, 0), slice(v, 1)));
      const Matrix read = reference.attention(name + ".attention", queries, keys,
                                              std::vector(queries.size(), keys.size()));
      for (std::size_t i = 0; i < x[m].size(); ++i) {
        add_gated(x[m][i], slice(v, 2), read[i]);
        const Vector inner = modulated(reference.layer_norm(name + ".feed_forward_norm", x[m][i]),
                                       slice(v, 3), slice(v, 4));
        add_gated(x[m][i], slice(v, 5), reference.feed_forward(name + ".feed_forward", inner));
      }
    }
  }
  return x;
}

TEST(CollaborativeRefiner, EqualsThePaperWrittenInLoopsForTwoAndThreeEncoders) {
  for (const std::int64_t encoders : {2, 3}) {
    CollaborativeRefiner refiner = random(CollaborativeRefiner(CollaborativeRefinerOptions{
        .width = kWidth, .heads = kHeads, .encoders = encoders, .depth = 2}));
    const std::vector<std::vector<std::int64_t>> lengths = {{4, 2}, {3, 5}, {1, 2}};
    std::vector<RefinerBranch> branches;
    for (std::int64_t m = 0; m < encoders; ++m) {
      const std::int64_t longest = std::max(lengths[m][0], lengths[m][1]);
      branches.push_back({normal({2, longest, kWidth}, "x" + std::to_string(m)),
                          lengths_mask(lengths[m], longest),
                          normal({2, kWidth}, "c" + std::to_string(m))});
    }
    const auto refined = refiner(branches);
    for (std::int64_t b = 0; b < 2; ++b) {
      std::vector<Matrix> x;
      std::vector<Vector> c;
      for (std::int64_t m = 0; m < encoders; ++m) {
        x.push_back(matrix_of(branches[m].tokens[b].narrow(0, 0, lengths[m][b])));
        c.push_back(vector_of(branches[m].c[b]));
      }
      const auto expected = reference_collaboration(Reference{*refiner}, x, c, 2);
      for (std::int64_t m = 0; m < encoders; ++m)
        expect_rows_equal(refined[m].tokens[b], expected[m]);
    }
  }
}

TEST(LinguisticTokenRefiner, StartsAsTheIdentityBitForBit) {
  LinguisticTokenRefiner refiner(
      LinguisticTokenRefinerOptions{.width = kWidth, .heads = kHeads, .depth = 3});
  initialize(*refiner, 3, "refiner");
  const Tensor x = normal({2, 5, kWidth}, "x", at::kFloat),
               c = normal({2, kWidth}, "c", at::kFloat);
  const Tensor mask = lengths_mask({5, 3}, 5);
  EXPECT_TRUE(at::equal(refiner(x, mask, c), x * mask.unsqueeze(2))) << "zeros on padding";
}

TEST(CollaborativeRefiner, StartsAsTheIdentityBitForBit) {
  CollaborativeRefiner refiner(CollaborativeRefinerOptions{.width = kWidth, .heads = kHeads});
  initialize(*refiner, 3, "refiner");
  std::vector<RefinerBranch> branches;
  for (const std::string name : {"a", "b"})
    branches.push_back({normal({2, 5, kWidth}, name, at::kFloat), lengths_mask({5, 3}, 5),
                        normal({2, kWidth}, name + "c", at::kFloat)});
  const auto refined = refiner(branches);
  for (int m = 0; m < 2; ++m)
    EXPECT_TRUE(at::equal(refined[m].tokens, branches[m].tokens * branches[m].mask.unsqueeze(2)));
}

TEST(CollaborativeRefiner, NeedsTwoEncoders) {
  EXPECT_THROW(CollaborativeRefiner(
                   CollaborativeRefinerOptions{.width = kWidth, .heads = kHeads, .encoders = 1}),
               c10::Error);
}

// With gates that start at one, c has no say (its weights are zero), so any influence of a later
// token on an earlier one went through attention.
double influence_of_a_later_token(AttentionPattern pattern, bool gradient) {
  LinguisticTokenRefiner refiner(LinguisticTokenRefinerOptions{
      .width = kWidth, .heads = kHeads, .mask = pattern, .gate = GateInit::one});
  initialize(*refiner, 3, "refiner");
  at::AutoGradMode mode(gradient);
  const Tensor x = normal({1, 6, kWidth}, "x", at::kFloat),
               c = normal({1, kWidth}, "c", at::kFloat);
  Tensor changed = x.clone();
  changed.select(1, 4).neg_();
  const Tensor mask = lengths_mask({6}, 6);
  const Tensor difference = refiner(x, mask, c) - refiner(changed, mask, c);
  EXPECT_GT(difference.select(1, 4).abs().max().item<double>(), 0.1);
  EXPECT_GT(difference.select(1, 5).abs().max().item<double>(), 1e-4);
  return difference.narrow(1, 0, 4).abs().max().item<double>();
}

TEST(LinguisticTokenRefiner, LetsNothingFlowBackUnderACausalMask) {
  EXPECT_EQ(influence_of_a_later_token(AttentionPattern::causal, false), 0);
  EXPECT_EQ(influence_of_a_later_token(AttentionPattern::causal, true), 0);
}

TEST(LinguisticTokenRefiner, LetsLaterTokensReachEarlierOnesUnderAFullMask) {
  EXPECT_GT(influence_of_a_later_token(AttentionPattern::full, false), 1e-4);
  EXPECT_GT(influence_of_a_later_token(AttentionPattern::full, true), 1e-4);
}

TEST(LinguisticTokenRefiner, SendsGradientsToEveryParameterOnceGatesAreOpen) {
  LinguisticTokenRefiner refiner = random(
      LinguisticTokenRefiner(LinguisticTokenRefinerOptions{.width = kWidth, .heads = kHeads}));
  const Tensor x = normal({2, 5, kWidth}, "x"), c = normal({2, kWidth}, "c");
  (refiner(x, lengths_mask({5, 3}, 5), c) * normal({2, 5, kWidth}, "upstream")).sum().backward();
  for (const auto& item : refiner->named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 1e-8) << item.key();
  }
}

}  // namespace
}  // namespace lidit
