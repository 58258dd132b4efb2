#include "encoders/refiners/linguistic_token_refiner.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <string>
#include <vector>

#include "reference_refiners.h"

namespace lidit {
namespace {

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

TEST(LinguisticTokenRefiner, StartsAsTheIdentityBitForBit) {
  LinguisticTokenRefiner refiner(
      LinguisticTokenRefinerOptions{.width = kWidth, .heads = kHeads, .depth = 3});
  initialize(*refiner, 3, "refiner");
  const Tensor x = normal({2, 5, kWidth}, "x", at::kFloat),
               c = normal({2, kWidth}, "c", at::kFloat);
  const Tensor mask = lengths_mask({5, 3}, 5);
  EXPECT_TRUE(at::equal(refiner(x, mask, c), x * mask.unsqueeze(2))) << "zeros on padding";
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
