#include "metrics/probes/token_states.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>

#include "results/errors.h"
#include "tests/metrics/probes/synthetic_encoder.h"

namespace lidit::probes {
namespace {

const std::string kText = "A red car, a dog.";

Subject subject(const Contextualize& encoder) {
  return {synthetic_encoder(encoder), no_standardization()};
}

MeanStates one(const Plan& plan, const Subject& of) {
  return std::move(mean_states(plan, std::vector{of}, [](std::int64_t) {}).front());
}

template <class Action>
std::string mistake(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no mistake";
}

TEST(MeanStates, AreMeansOverTheTokensThatCoverTheBytes) {
  Plan plan;
  const std::int64_t prompt = plan.add_prompt(kText);
  plan.ask(prompt, {2, 9});    // red car
  plan.ask(prompt, {13, 16});  // dog
  const MeanStates states = one(plan, subject(context_free));
  EXPECT_TRUE(at::equal(states[0], at::stack({word_vector("red"), word_vector("car")}).mean(0)));
  EXPECT_TRUE(at::equal(states[1], word_vector("dog")));
  EXPECT_THAT(states.tokens, testing::ElementsAre(2, 1));
  EXPECT_THAT(states.prompt_tokens, testing::ElementsAre(7));  // A red car , a dog .
  EXPECT_NEAR(states.positions[0], 2.0 / 7, 1e-12);            // between token 1 and token 2
  EXPECT_NEAR(states.positions[1], 5.5 / 7, 1e-12);
}

TEST(MeanStates, LeaveOutTheFirstTokenOfACaption) {
  Plan plan;
  plan.ask_pooled(plan.add_prompt("A dog."));
  const MeanStates states = one(plan, subject(context_free));
  EXPECT_EQ(states.tokens.front(), 2);
  EXPECT_TRUE(at::equal(states[0], at::stack({word_vector("dog"), word_vector(".")}).mean(0)));
}

TEST(MeanStates, ComeInTheOrderOfTheRequests) {
  Plan plan;
  const std::int64_t first = plan.add_prompt("A cat."), second = plan.add_prompt("A dog.");
  plan.ask(second, {2, 5});
  plan.ask(first, {2, 5});
  plan.ask(second, {5, 6});
  const MeanStates states = one(plan, subject(context_free));
  EXPECT_TRUE(at::equal(states[0], word_vector("dog")));
  EXPECT_TRUE(at::equal(states[1], word_vector("cat")));
  EXPECT_TRUE(at::equal(states.rows(std::vector<std::int64_t>{2, 1}),
                        at::stack({word_vector("."), word_vector("cat")})));
}

TEST(MeanStates, AskEverySubjectForEveryPrompt) {
  Plan plan;
  for (int i = 0; i < 600; ++i) plan.ask_pooled(plan.add_prompt("A dog " + std::to_string(i)));
  std::vector<std::int64_t> told;
  const std::vector<Subject> subjects = {subject(context_free), subject(causal)};
  const std::vector<MeanStates> states =
      mean_states(plan, subjects, [&](std::int64_t prompts) { told.push_back(prompts); });
  ASSERT_EQ(states.size(), 2u);
  for (const MeanStates& of : states) EXPECT_EQ(of.means.size(0), 600);
  EXPECT_FALSE(at::equal(states[0].means, states[1].means));
  EXPECT_EQ(told.back(), 600);
  EXPECT_THAT(told, testing::SizeIs(testing::Gt(1u)));
}

TEST(MeanStates, RefuseEncodersThatDoNotSayWhereTheirTokensAre) {
  Plan plan;
  plan.ask_pooled(plan.add_prompt("A dog."));
  Subject mute = subject(context_free);
  mute.encode = [inner = mute.encode](std::span<const std::string> prompts) {
    TokenStates states = inner(prompts);
    states.spans.zero_();
    return states;
  };
  EXPECT_THAT(mistake([&] { one(plan, mute); }),
              testing::HasSubstr("no state belongs to \"A dog.\""));
  EXPECT_THAT(mistake([&] { standardization_of(mute.encode(std::vector<std::string>{"A dog."})); }),
              testing::HasSubstr("do not say which bytes"));
}

TEST(MeanStates, RefuseWhatIsNoNumber) {
  Plan plan;
  plan.ask_pooled(plan.add_prompt("A dog."));
  const Subject broken = subject([](const Tensor& words) { return at::full_like(words, NAN); });
  EXPECT_THAT(mistake([&] { one(plan, broken); }), testing::HasSubstr("no finite numbers"));
}

TEST(Standardization, MakesEveryDimensionOfTheNeutralCorpusAlike) {
  const std::vector<std::string> neutral = {"A man walks his dog.", "The sun is up.", "Two cats"};
  TokenStates states = synthetic_encoder(context_free)(neutral);
  states.states = states.states * 7 + 3;
  states.states.select(1, 0).fill_(5);  // a dimension that never changes
  const Standardization standardization = standardization_of(states);
  std::vector<std::int64_t> rows;  // all but the first token of each
  for (std::int64_t row = 0; row < states.states.size(0); ++row)
    if (!at::isin(at::tensor({row}), states.offsets).item<bool>()) rows.push_back(row);
  const Tensor u =
      (states.states.index_select(0, at::tensor(rows, at::kLong)) - standardization.mean) *
      standardization.scale;
  EXPECT_TRUE(at::allclose(u.mean(0), at::zeros({kSyntheticWidth}, at::kDouble), 0, 1e-12));
  const Tensor deviation = u.std(0, /*unbiased=*/false);
  EXPECT_EQ(deviation[0].item<double>(), 0);
  EXPECT_TRUE(at::allclose(deviation.slice(0, 1), at::ones({kSyntheticWidth - 1}, at::kDouble)));
}

TEST(TokenStates, OfAConditioningKnowTheTokenThatEachCameFrom) {
  const EncoderFeatures first{.layers = at::zeros({1, 3, 2}),
                              .offsets = at::tensor({0, 2, 3}, at::kLong),
                              .prefix = at::zeros({1, 0, 2}),
                              .caption_begin = at::zeros({2}, at::kLong),
                              .spans = at::tensor({0, 1, 2, 5, 0, 4}, at::kLong).view({3, 2})};
  EncoderFeatures second = first;
  second.spans = second.spans + 10;
  // Prompt 0: token 1 of encoder 0, token 0 of encoder 1. Prompt 1: a null token and padding.
  const Conditioning conditioning{
      .tokens = at::arange(8, at::kFloat).view({1, 2, 2, 2}),
      .mask = at::tensor({1, 1, 1, 0}).to(at::kBool).view({2, 2}),
      .pooled = at::zeros({2, 2}),
      .source = at::tensor({0, 1, 1, 0, -1, -1, -1, -1}, at::kLong).view({2, 2, 2})};
  const TokenStates states = token_states(conditioning, {first, second});
  EXPECT_TRUE(at::equal(states.offsets, at::tensor({0, 2, 3}, at::kLong)));
  EXPECT_TRUE(at::equal(states.spans, at::tensor({2, 5, 10, 11, 0, 0}, at::kLong).view({3, 2})));
  EXPECT_TRUE(at::equal(states.states, at::arange(6, at::kFloat).view({3, 2})));
}

}  // namespace
}  // namespace lidit::probes
