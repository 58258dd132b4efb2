// Counts against arithmetic done by hand. The counts of the real modules, parameter by parameter,
// are in tests/harness/bench.
#include "metrics/throughput/flops.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lidit::throughput {
namespace {

double term(const Cost& cost, std::string_view name) {
  const auto found = std::ranges::find(cost.terms, name, &CostTerm::name);
  return found == cost.terms.end() ? -1 : found->flops;
}

constexpr EncoderShape kLlama3{
    .blocks = 32, .width = 4096, .heads = 32, .key_heads = 8, .head_width = 128, .hidden = 14336};

// A block has 4096 (4096 + 2 * 1024) + 4096 * 4096 + 3 * 4096 * 14336 = 218,103,808 weights in its
// maps: 6.98e9 in 32 of them, 13.96 GFLOP a token.
TEST(EncoderCost, OfOneTokenIsTwiceTheLinearWeights) {
  const Cost cost = encoder_cost(kLlama3, {.prompts = 1, .length = 1});
  EXPECT_EQ(term(cost, "attention"), 32 * 4.0 * 4096);
  EXPECT_EQ(cost.flops() - term(cost, "attention"), 2.0 * 32 * 218'103'808);
}

// Qwen2-0.5B: 357,826,560 weights in the maps, 0.72 GFLOP a token.
TEST(EncoderCost, GrowsWithPromptsAndTokens) {
  const EncoderShape qwen{
      .blocks = 24, .width = 896, .heads = 14, .key_heads = 2, .head_width = 64, .hidden = 4864};
  const Cost cost = encoder_cost(qwen, {.prompts = 8, .length = 64});
  EXPECT_EQ(cost.flops() - term(cost, "attention"), 2.0 * 8 * 64 * 357'826'560);
}

TEST(EncoderCost, CountsThePairsThatACausalTokenSees) {
  // Three tokens behind a prefix of two see 3, 4 and 5 keys: 12 pairs.
  const EncoderShape one{
      .blocks = 1, .width = 8, .heads = 2, .key_heads = 1, .head_width = 4, .hidden = 16};
  const Cost cost = encoder_cost(one, {.prompts = 1, .length = 3, .prefix = 2});
  EXPECT_EQ(term(cost, "attention"), 12 * 4 * 8);
}

TEST(EncoderCost, OfThePrefixOnceAndThePromptsIsLessThanOfWholePrompts) {
  const EncoderLoad whole{.prompts = 64, .length = 50};
  const EncoderLoad behind{.prompts = 64, .length = 16, .prefix = 34};
  const Cost once = encoder_cost(kLlama3, {.prompts = 1, .length = 34});
  // The tokens' pairs are the same; the prefix's own are there once instead of 64 times.
  EXPECT_EQ(term(encoder_cost(kLlama3, whole), "attention"),
            term(encoder_cost(kLlama3, behind), "attention") + 64 * term(once, "attention"));
  EXPECT_EQ(term(encoder_cost(kLlama3, behind), "output") + term(once, "output"),
            2.0 * 32 * 4096 * 4096 * (64 * 16 + 34));
}

TEST(EncoderCost, OfABidirectionalModelWithoutGate) {
  // MiniLM-L6: 6 blocks of width 384, 12 heads of 32, 1536 units.
  const EncoderShape bert{.blocks = 6,
                          .width = 384,
                          .heads = 12,
                          .key_heads = 12,
                          .head_width = 32,
                          .hidden = 1536,
                          .gated = false,
                          .causal = false};
  const Cost cost = encoder_cost(bert, {.prompts = 2, .length = 10});
  EXPECT_EQ(term(cost, "attention"), 6 * 2 * 100 * 4.0 * 384);
  EXPECT_EQ(cost.flops() - term(cost, "attention"),
            2.0 * 20 * 6 * (4 * 384 * 384 + 2 * 384 * 1536));
}

TEST(EncoderCost, ReadsWeightsOnceAndActivationsOnceEach) {
  const EncoderShape one{
      .blocks = 1, .width = 8, .heads = 2, .key_heads = 2, .head_width = 4, .hidden = 16};
  const Cost cost = encoder_cost(one, {.prompts = 1, .length = 2, .element_bytes = 2});
  // Values: qkv 8 * 24 + 2 * (8 + 24); attention 2 * (8 + 16 + 8); output 8 * 8 + 2 * 16;
  // gate and up 8 * 32 + 2 * (8 + 32); down 16 * 8 + 2 * 24.
  EXPECT_EQ(cost.bytes(), 2 * (256 + 64 + 96 + 336 + 176));
}

// LI-DiT-1B at 256 pixels, 28 blocks of width 1152, 256 patches of 2 * 2 * 16 values.
TEST(BackboneCost, OfLiDiT1BIsThatOfTheFormulas) {
  const BackboneShape shape{.depth = 28, .width = 1152, .patches = 256, .patch_values = 64};
  const Cost cost = backbone_cost(shape, {.rows = 1, .text_tokens = 64});
  const double d2 = 1152.0 * 1152;
  EXPECT_EQ(term(cost, "self-attention maps"), 28 * 8 * d2 * 256);
  EXPECT_EQ(term(cost, "self-attention"), 28.0 * 4 * 1152 * 256 * 256);
  EXPECT_EQ(term(cost, "cross-attention: queries and output"), 28 * 4 * d2 * 256);
  EXPECT_EQ(term(cost, "cross-attention: keys and values"), 28 * 4 * d2 * 64);
  EXPECT_EQ(term(cost, "cross-attention"), 28.0 * 4 * 1152 * 256 * 64);
  EXPECT_EQ(term(cost, "feed-forward, in") + term(cost, "feed-forward, out"), 28 * 16 * d2 * 256);
  EXPECT_EQ(term(cost, "modulation"), 28 * 18 * d2);
  EXPECT_EQ(term(cost, "position block"), 36 * d2 * 256);
  EXPECT_EQ(term(cost, "patch embedding"), 2.0 * 64 * 1152 * 256);
  EXPECT_EQ(term(cost, "time embedding"), 2 * (256.0 + 1152) * 1152);
  EXPECT_EQ(term(cost, "final modulation"), 4 * d2);
  EXPECT_EQ(term(cost, "final layer"), 2.0 * 1152 * 64 * 256);
  EXPECT_NEAR(cost.flops() / 1e9, 299.42, 0.01);
}

TEST(BackboneCost, OfTrainingIsThreeTimesTheForwardPass) {
  const Cost forward = backbone_cost({.depth = 2, .width = 96, .patches = 16, .patch_values = 48},
                                     {.rows = 3, .text_tokens = 30});
  EXPECT_DOUBLE_EQ(training_cost(forward).flops(), 3 * forward.flops());
  EXPECT_EQ(training_cost(forward).terms.size(), forward.terms.size());
}

TEST(RefinerCost, IsThatOfTheFormulas) {
  const TextLoad load{.prompts = 3, .tokens = 10};
  const double d = 96, d2 = d * d;
  // Two blocks: 8 d^2 T of maps, 4 d T^2 of attention, 16 d^2 T of FFN, 4 d^2 of gates.
  EXPECT_EQ(refiner_cost(2, 96, load).flops(),
            2 * 3 * (8 * d2 * 10 + 4 * d * 100 + 16 * d2 * 10 + 4 * d2));
  EXPECT_EQ(adapter_cost(576, 96, load).flops(), 3 * (2 * 576 * d * 10 + 2 * 576 * d + 2 * d2));
}

TEST(CollaborativeRefinerCost, LetsEveryEncoderReadTheOthers) {
  const TextLoad load{.prompts = 1, .tokens = 10};
  const double d = 96, d2 = d * d;
  const double branch = 4 * d2 * 10 + 16 * d2 * 10 + 12 * d2;  // queries, output, FFN, modulation
  EXPECT_EQ(collaborative_refiner_cost(1, 96, 2, load).flops(),
            2 * (branch + 4 * d2 * 10 + 4 * d * 100));
  EXPECT_EQ(collaborative_refiner_cost(1, 96, 3, load).flops(),
            3 * (branch + 4 * d2 * 20 + 4 * d * 200));
}

TEST(Costs, ThatAreJoinedAddUpTermsOfOneName) {
  const Cost one{{{"a", 1, 10, ""}, {"b", 2, 20, ""}}}, other{{{"b", 3, 30, ""}, {"c", 4, 40, ""}}};
  const Cost both = one.with(other);
  EXPECT_EQ(both.terms.size(), 3u);
  EXPECT_EQ(term(both, "b"), 5);
  EXPECT_EQ(both.flops(), 10);
  EXPECT_EQ(both.bytes(), 100);
  EXPECT_EQ(both.intensity(), 0.1);
}

}  // namespace
}  // namespace lidit::throughput
