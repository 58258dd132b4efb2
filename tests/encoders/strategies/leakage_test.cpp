// Exact zeros of the positional-bias probe P1: which words can reach
// which tokens of the conditioning. The gates' input is held constant, because the paper's reads
// the mean over the prompt, which every word reaches.
#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include "encoders/layers/init.h"
#include "encoders/strategies/composed_conditioner.h"
#include "tests/encoders/llm/letter_encoder.h"

namespace lidit {
namespace {

constexpr std::int64_t kWidth = 16;
// One letter a token; both prompts differ at one place, the later one.
const std::string kPrompt = "a red box, a wet dog", kChanged = "a red box, a big dog";
constexpr std::int64_t kFirstChange = 13;

struct Gates {
  RefinerConditioning conditioning;
  GateInit init;
};
// Gates that are 1 and stay so, and gates that do not exist.
constexpr Gates kHeldConstant[] = {{RefinerConditioning::constant, GateInit::one},
                                   {RefinerConditioning::none, GateInit::zero}};

Tensor tokens_of(const std::string& model, const std::string& prompt, AttentionPattern mask,
                 const Gates& gates, bool rotary) {
  const PromptEncoder encoder(
      testing_support::letter_parts(model, model == "tiny-bert" ? "" : "describe:"));
  const FrozenFeatures features =
      encoder.encode(testing_support::prompts_of({prompt, "a longer prompt in the same batch"}));
  StrategySettings settings;
  settings.encoders.resize(1);
  settings.refiner = {.depth = 2,
                      .mask = mask,
                      .conditioning = gates.conditioning,
                      .gate = gates.init,
                      .rotary = rotary};
  ComposedConditioner conditioner(settings, encoder.widths(),
                                  {.width = kWidth,
                                   .depth = 2,
                                   .heads = 2,
                                   .seed = 5,
                                   .device = at::kCPU,
                                   .dtype = at::kFloat,
                                   .home = {}});
  const torch::NoGradGuard no_grad;
  return conditioner.condition(features, {}, at::ones({2}, at::kBool))
      .tokens[0][0]
      .narrow(0, 0, static_cast<std::int64_t>(prompt.size()));
}

/// The largest change of a token before the changed word, and of one from there on.
std::pair<double, double> change(const std::string& model, AttentionPattern mask,
                                 const Gates& gates, bool rotary) {
  const Tensor difference = (tokens_of(model, kPrompt, mask, gates, rotary) -
                             tokens_of(model, kChanged, mask, gates, rotary))
                                .abs();
  return {difference.slice(0, 0, kFirstChange).max().item<double>(),
          difference.slice(0, kFirstChange).max().item<double>()};
}

TEST(Leakage, FromLaterWordsIsExactlyZeroThroughCausalAndDiagonalRefinersOverACausalModel) {
  for (const auto mask : {AttentionPattern::causal, AttentionPattern::diagonal})
    for (const Gates& gates : kHeldConstant)
      for (const bool rotary : {false, true}) {
        const auto [before, after] = change("tiny-llama", mask, gates, rotary);
        EXPECT_EQ(before, 0) << "bit for bit";
        EXPECT_GT(after, 1e-3);
      }
}

TEST(Leakage, FromLaterWordsIsAboveZeroThroughFullAndReverseCausalRefiners) {
  for (const auto mask : {AttentionPattern::full, AttentionPattern::reverse_causal})
    for (const Gates& gates : kHeldConstant) {
      const auto [before, after] = change("tiny-llama", mask, gates, false);
      EXPECT_GT(before, 1e-4);
      EXPECT_GT(after, 1e-3);
    }
}

TEST(Leakage, IsThereWithoutARefinerWhereTheModelItselfReadsBothWays) {
  EXPECT_GT(change("tiny-bert", AttentionPattern::diagonal, kHeldConstant[0], false).first, 1e-4);
}

TEST(Leakage, ThroughThePapersGatesComesFromThePooledText) {
  // With weights that are open, a causal mask alone does not keep later words out.
  const auto tokens = [](const std::string& prompt) {
    const PromptEncoder encoder(testing_support::letter_parts("tiny-llama", ""));
    StrategySettings settings;
    settings.encoders.resize(1);
    settings.refiner = {.depth = 1, .mask = AttentionPattern::causal};
    ComposedConditioner conditioner(settings, encoder.widths(),
                                    {.width = kWidth,
                                     .depth = 2,
                                     .heads = 2,
                                     .seed = 5,
                                     .device = at::kCPU,
                                     .dtype = at::kFloat,
                                     .home = {}});
    const torch::NoGradGuard no_grad;
    for (auto& item : conditioner.named_parameters()) fill_normal(item.value(), 0.3, 5, item.key());
    return conditioner
        .condition(encoder.encode(testing_support::prompts_of({prompt})), at::zeros({1, kWidth}),
                   at::ones({1}, at::kBool))
        .tokens[0][0]
        .slice(0, 0, kFirstChange);
  };
  EXPECT_GT((tokens(kPrompt) - tokens(kChanged)).abs().max().item<double>(), 1e-5);
}

}  // namespace
}  // namespace lidit
