#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <complex>
#include <functional>
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
  // The two halves of a head as real and imaginary parts, turned by the angles of a position.
  static Vector rotated(const Vector& x, std::size_t position) {
    Vector y = x;
    const std::size_t half = x.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(x.size());
      const std::complex<double> turned =
          std::complex<double>(x[i], x[half + i]) *
          std::polar(1.0, static_cast<double>(position) * std::pow(10000.0, -exponent));
      y[i] = turned.real();
      y[half + i] = turned.imag();
    }
    return y;
  }
  Vector feed_forward(const std::string& name, const Vector& x) const {
    Vector inner = linear(name + ".fc1", x);
    for (double& v : inner)
      v *= 0.5 * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    return linear(name + ".fc2", inner);
  }
  // Query row i sees row j of the context where visible(i, j).
  Matrix attention(const std::string& name, const Matrix& queries, const Matrix& context,
                   const std::function<bool(std::size_t, std::size_t)>& visible,
                   bool rotary = false) const {
    Matrix out;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      Vector joined(kWidth, 0);
      for (std::size_t h = 0; h < kHeads; ++h) {
        const std::size_t d_head = kWidth / kHeads;
        Vector q = rms_norm_head(name + ".q_norm", linear(name + ".q_proj", queries[i]), h);
        if (rotary) q = rotated(q, i);
        double total = 0;
        Vector weights(context.size());
        for (std::size_t j = 0; j < context.size(); ++j) {
          if (!visible(i, j)) continue;
          Vector k = rms_norm_head(name + ".k_norm", linear(name + ".k_proj", context[j]), h);
          if (rotary) k = rotated(k, j);
          double score = 0;
          for (std::size_t d = 0; d < d_head; ++d) score += q[d] * k[d];
          total += weights[j] = std::exp(score / std::sqrt(static_cast<double>(d_head)));
        }
        for (std::size_t j = 0; j < context.size(); ++j) {
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
void expect_rows_equal(const Tensor& actual, const Matrix& expected, double tolerance = 1e-9) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    for (std::size_t d = 0; d < expected[i].size(); ++d)
      EXPECT_NEAR(actual[i][d].item<double>(), expected[i][d], tolerance)
          << "row " << i << " " << d;
}

bool sees(AttentionPattern pattern, std::size_t query, std::size_t key) {
  if (pattern == AttentionPattern::causal) return key <= query;
  if (pattern == AttentionPattern::reverse_causal) return key >= query;
  return pattern == AttentionPattern::full || key == query;
}

// Shift, scale and gate of both sub-layers, as the kind of conditioning has them.
std::vector<Vector> reference_modulation(const Reference& reference, const std::string& name,
                                         RefinerConditioning conditioning, const Vector& c) {
  const Vector zeros(kWidth, 0), ones(kWidth, 1);
  if (conditioning == RefinerConditioning::none) return {zeros, zeros, ones, zeros, zeros, ones};
  const Vector v = conditioning == RefinerConditioning::constant
                       ? vector_of(reference.parameter(name + ".bias"))
                       : reference.condition(name + ".linear", c);
  if (conditioning == RefinerConditioning::modulation)
    return {slice(v, 0), slice(v, 1), slice(v, 2), slice(v, 3), slice(v, 4), slice(v, 5)};
  return {zeros, zeros, slice(v, 0), zeros, zeros, slice(v, 1)};
}

Matrix reference_refiner(const Reference& reference, Matrix x, const Vector& c,
                         const LinguisticTokenRefinerOptions& options) {
  for (std::int64_t block = 0; block < options.depth; ++block) {
    const std::string name = "blocks." + std::to_string(block);
    const auto m = reference_modulation(reference, name + ".modulation", options.conditioning, c);
    Matrix normalized, mixed;
    for (const Vector& row : x)
      normalized.push_back(
          modulated(reference.layer_norm(name + ".attention_norm", row), m[0], m[1]));
    if (options.mask == AttentionPattern::diagonal)
      for (const Vector& row : normalized)
        mixed.push_back(reference.linear(name + ".attention.o_proj",
                                         reference.linear(name + ".attention.v_proj", row)));
    else
      mixed = reference.attention(
          name + ".attention", normalized, normalized,
          [&](std::size_t i, std::size_t j) { return sees(options.mask, i, j); }, options.rotary);
    for (std::size_t i = 0; i < x.size(); ++i) {
      add_gated(x[i], m[2], mixed[i]);
      const Vector inner =
          modulated(reference.layer_norm(name + ".feed_forward_norm", x[i]), m[3], m[4]);
      add_gated(x[i], m[5], reference.feed_forward(name + ".feed_forward", inner));
    }
  }
  return x;
}

constexpr AttentionPattern kPatterns[] = {AttentionPattern::full, AttentionPattern::causal,
                                          AttentionPattern::reverse_causal,
                                          AttentionPattern::diagonal};

void expect_refiner_equals_loops(const LinguisticTokenRefinerOptions& options) {
  const std::vector<std::int64_t> lengths = {5, 3};
  LinguisticTokenRefiner refiner = random(LinguisticTokenRefiner(options));
  const Tensor x = normal({2, 5, kWidth}, "x"), c = normal({2, kWidth}, "c");
  const Tensor y = refiner(x, lengths_mask(lengths, 5), c);
  for (std::int64_t b = 0; b < 2; ++b)
    expect_rows_equal(
        y[b],
        reference_refiner(Reference{*refiner}, matrix_of(x[b].narrow(0, 0, lengths[b])),
                          vector_of(c[b]), options),
        options.rotary ? 1e-6 : 1e-9);  // cosines and sines of positions are fp32
}

TEST(LinguisticTokenRefiner, EqualsThePaperWrittenInLoopsUnderEveryMask) {
  for (const AttentionPattern pattern : kPatterns)
    for (const bool rotary : {false, true})
      expect_refiner_equals_loops(
          {.width = kWidth, .heads = kHeads, .depth = 2, .mask = pattern, .rotary = rotary});
}

TEST(LinguisticTokenRefiner, EqualsThePaperWrittenInLoopsWithEveryConditioning) {
  using enum RefinerConditioning;
  for (const auto conditioning : {none, constant, time, text, time_and_text, modulation})
    expect_refiner_equals_loops({.width = kWidth,
                                 .heads = kHeads,
                                 .depth = 2,
                                 .conditioning = conditioning,
                                 .feed_forward_ratio = 1.5});
}

TEST(LinguisticTokenRefiner, DoesNotReadAConditionThatNothingDependsOn) {
  using enum RefinerConditioning;
  for (const auto conditioning : {none, constant}) {
    LinguisticTokenRefiner refiner = random(LinguisticTokenRefiner(LinguisticTokenRefinerOptions{
        .width = kWidth, .heads = kHeads, .conditioning = conditioning}));
    const Tensor x = normal({2, 5, kWidth}, "x"), mask = lengths_mask({5, 3}, 5);
    EXPECT_TRUE(at::equal(refiner(x, mask, Tensor()), refiner(x, mask, normal({2, kWidth}, "c"))));
    EXPECT_FALSE(reads_time(conditioning) || reads_text(conditioning));
  }
}

TEST(LinguisticTokenRefiner, StartsItsGatesAsToldWhateverMovesThem) {
  using enum RefinerConditioning;
  for (const auto conditioning : {constant, time, modulation})
    for (const auto& [init, value] :
         {std::pair{GateInit::zero, 0.0}, {GateInit::one, 1.0}, {GateInit::hundredth, 0.01}}) {
      RefinerBlock block(LinguisticTokenRefinerOptions{
          .width = kWidth, .heads = kHeads, .conditioning = conditioning, .gate = init});
      initialize(*block, 3, "block");
      for (const SublayerModulation& m : block->modulation(normal({2, kWidth}, "c", at::kFloat)))
        EXPECT_TRUE(at::equal(m.gate, at::full_like(m.gate, value)));
    }
}

Matrix concat(const Matrix& a, const Matrix& b) {
  Matrix both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

std::vector<Matrix> reference_collaboration(const Reference& reference, std::vector<Matrix> x,
                                            const std::vector<Vector>& c, std::size_t depth,
                                            bool modulated_by_c) {
  for (std::size_t block = 0; block < depth; ++block) {
    const std::vector<Matrix> before = x;
    for (std::size_t m = 0; m < x.size(); ++m) {
      const std::string name = "blocks." + std::to_string(block) + "." + std::to_string(m);
      Vector v = {};
      if (modulated_by_c) {
        v = reference.condition(name + ".modulation.linear", c[m]);
      } else {
        v.assign(6 * kWidth, 0);
        for (const std::size_t gate : {2, 5})
          std::fill_n(v.begin() + static_cast<long>(gate * kWidth), kWidth, 1);
      }
      Matrix others, keys, queries;
      for (std::size_t n = 0; n < x.size(); ++n)
        if (n != m) others = concat(others, before[n]);
      for (const Vector& row : others)
        keys.push_back(reference.layer_norm(name + ".others_norm", row));
      for (const Vector& row : before[m])
        queries.push_back(modulated(reference.layer_norm(name + ".attention_norm", row),
                                    slice(v, 0), slice(v, 1)));
      const Matrix read = reference.attention(name + ".attention", queries, keys,
                                              [](std::size_t, std::size_t) { return true; });
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

void expect_collaboration_equals_loops(std::int64_t encoders, bool modulated_by_c) {
  CollaborativeRefiner refiner =
      random(CollaborativeRefiner(CollaborativeRefinerOptions{.width = kWidth,
                                                              .heads = kHeads,
                                                              .encoders = encoders,
                                                              .depth = 2,
                                                              .modulated = modulated_by_c}));
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
    const auto expected = reference_collaboration(Reference{*refiner}, x, c, 2, modulated_by_c);
    for (std::int64_t m = 0; m < encoders; ++m)
      expect_rows_equal(refined[m].tokens[b], expected[m]);
  }
}

TEST(CollaborativeRefiner, EqualsThePaperWrittenInLoopsForTwoAndThreeEncoders) {
  for (const std::int64_t encoders : {2, 3}) expect_collaboration_equals_loops(encoders, true);
}

TEST(CollaborativeRefiner, WithoutModulationIsMadeOfPlainResiduals) {
  expect_collaboration_equals_loops(2, false);
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

// How far the change of token 4 of 8 moves the tokens before and after it. With gates that start at
// one, c has no say (its weights are zero): any influence went through attention.
struct Influence {
  double before, own, after;
};
Influence influence_of_a_token(AttentionPattern pattern, bool rotary, bool gradient) {
  LinguisticTokenRefiner refiner(LinguisticTokenRefinerOptions{
      .width = kWidth, .heads = kHeads, .mask = pattern, .gate = GateInit::one, .rotary = rotary});
  initialize(*refiner, 3, "refiner");
  at::AutoGradMode mode(gradient);
  const Tensor x = normal({2, 9, kWidth}, "x", at::kFloat),
               c = normal({2, kWidth}, "c", at::kFloat);
  Tensor changed = x.clone();
  changed.select(1, 4).neg_();
  const Tensor mask = lengths_mask({8, 9}, 9);  // one row with padding, one without
  const Tensor difference = (refiner(x, mask, c) - refiner(changed, mask, c)).abs();
  const auto most = [&](std::int64_t begin, std::int64_t count) {
    return difference.narrow(1, begin, count).amax({1, 2}).min().item<double>();
  };
  const auto none_or_most = [&](std::int64_t begin, std::int64_t count) {
    const double largest = difference.narrow(1, begin, count).max().item<double>();
    return largest == 0 ? 0 : most(begin, count);  // exactly nothing, or what both rows have
  };
  return {none_or_most(0, 4), most(4, 1), none_or_most(5, 3)};
}

TEST(LinguisticTokenRefiner, LetsExactlyThoseTokensReachOthersThatTheMaskShows) {
  for (const AttentionPattern pattern : kPatterns)
    for (const bool rotary : {false, true})
      for (const bool gradient : {false, true}) {
        const Influence influence = influence_of_a_token(pattern, rotary, gradient);
        SCOPED_TRACE(testing::Message() << "pattern " << static_cast<int>(pattern) << ", rotary "
                                        << rotary << ", gradient " << gradient);
        const auto expect = [](double got, bool reached) {
          if (reached)
            EXPECT_GT(got, 1e-4);
          else
            EXPECT_EQ(got, 0) << "bit for bit";
        };
        using enum AttentionPattern;
        expect(influence.own, true);
        expect(influence.before, pattern == full || pattern == reverse_causal);
        expect(influence.after, pattern == full || pattern == causal);
      }
}

TEST(LinguisticTokenRefiner, UnderAFullMaskWithoutPositionsKnowsNoOrder) {
  for (const bool rotary : {false, true}) {
    LinguisticTokenRefiner refiner = random(LinguisticTokenRefiner(
        LinguisticTokenRefinerOptions{.width = kWidth, .heads = kHeads, .rotary = rotary}));
    const Tensor x = normal({1, 6, kWidth}, "x"), c = normal({1, kWidth}, "c");
    const Tensor mask = lengths_mask({6}, 6);
    const Tensor difference = refiner(x.flip(1), mask, c).flip(1) - refiner(x, mask, c);
    if (rotary)
      EXPECT_GT(difference.abs().max().item<double>(), 1e-3);
    else
      EXPECT_LT(difference.abs().max().item<double>(), 1e-12);
  }
}

TEST(LinguisticTokenRefiner, DoesNotSeeWhatStandsOnPadding) {
  for (const AttentionPattern pattern : kPatterns)
    for (const bool rotary : {false, true})
      for (const bool gradient : {false, true}) {
        LinguisticTokenRefiner refiner =
            random(LinguisticTokenRefiner(LinguisticTokenRefinerOptions{
                .width = kWidth, .heads = kHeads, .mask = pattern, .rotary = rotary}));
        at::AutoGradMode mode(gradient);
        const Tensor x = normal({2, 5, kWidth}, "x"), c = normal({2, kWidth}, "c");
        const Tensor mask = lengths_mask({5, 3}, 5);
        Tensor changed = x.clone();
        changed[1].slice(0, 3).fill_(1e6);
        EXPECT_TRUE(at::equal(refiner(x, mask, c), refiner(changed, mask, c)));
      }
}

TEST(OwnValue, IsAttentionUnderTheDiagonalMask) {
  Attention attention = random(Attention(AttentionOptions{.width = kWidth, .heads = kHeads}));
  OwnValue own(kWidth);
  own->to(at::kDouble);
  const torch::NoGradGuard no_grad;
  for (auto& item : own->named_parameters())
    item.value().copy_(attention->named_parameters()[item.key()]);
  const Tensor x = normal({2, 5, kWidth}, "x"), mask = lengths_mask({5, 3}, 5);
  const Tensor bias = attention_bias(mask, AttentionPattern::diagonal, at::kDouble);
  const Tensor difference = (attention(x, x, bias) - own(x)) * mask.unsqueeze(2);
  EXPECT_LT(difference.abs().max().item<double>(), 1e-12);
}

TEST(LinguisticTokenRefiner, SendsGradientsToEveryParameterOnceGatesAreOpen) {
  using enum RefinerConditioning;
  for (const AttentionPattern pattern : kPatterns)
    for (const auto conditioning : {none, constant, time_and_text, modulation}) {
      LinguisticTokenRefiner refiner = random(LinguisticTokenRefiner(LinguisticTokenRefinerOptions{
          .width = kWidth, .heads = kHeads, .mask = pattern, .conditioning = conditioning}));
      const Tensor x = normal({2, 5, kWidth}, "x"), c = normal({2, kWidth}, "c");
      const Tensor y = refiner(x, lengths_mask({5, 3}, 5), c);
      (y * normal({2, 5, kWidth}, "upstream")).sum().backward();
      for (const auto& item : refiner->named_parameters()) {
        ASSERT_TRUE(item.value().grad().defined()) << item.key();
        EXPECT_GT(item.value().grad().abs().max().item<double>(), 1e-8) << item.key();
      }
    }
}

TEST(LinguisticTokenRefiner, StartsEqualPartsEqualUnderEveryMask) {
  const auto started = [](AttentionPattern mask, RefinerConditioning conditioning) {
    LinguisticTokenRefiner refiner(LinguisticTokenRefinerOptions{
        .width = kWidth, .heads = kHeads, .mask = mask, .conditioning = conditioning});
    initialize(*refiner, 3, "refiner");
    return refiner->named_parameters();
  };
  const auto paper = started(AttentionPattern::full, RefinerConditioning::time_and_text);
  for (const AttentionPattern mask : kPatterns)
    for (const auto& item : started(mask, RefinerConditioning::none))
      EXPECT_TRUE(at::equal(item.value(), paper[item.key()])) << item.key();
}

}  // namespace
}  // namespace lidit
