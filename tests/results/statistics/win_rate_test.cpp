#include "results/statistics/win_rate.h"

#include <functional>
#include <stdexcept>

#include "results/statistics/estimates.h"
#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

std::vector<Judgement> judged(std::int64_t prompts, std::int64_t raters,
                              const std::function<Preference(std::int64_t, std::int64_t)>& say) {
  std::vector<Judgement> all;
  for (std::int64_t prompt = 0; prompt < prompts; ++prompt)
    for (std::int64_t rater = 0; rater < raters; ++rater)
      all.push_back({prompt, rater, say(prompt, rater)});
  return all;
}

TEST(WinRate, OfTwoHundredPromptsHasAHalfWidthOfSevenPoints) {
  const auto even = judged(200, 1, [](std::int64_t prompt, std::int64_t) {
    return prompt % 2 ? Preference::win : Preference::loss;
  });
  const WinRate found = win_rate(even).value();
  EXPECT_EQ(found.rate, 0.5);
  EXPECT_NEAR(found.interval->high - found.rate, 0.07, 0.001);
  EXPECT_EQ(found.sign_test_p, 1);
}

TEST(WinRate, CountsATieAsHalfAWin) {
  const std::vector<Judgement> three = {
      {0, 0, Preference::win}, {1, 0, Preference::tie}, {2, 0, Preference::tie}};
  const WinRate found = win_rate(three).value();
  EXPECT_NEAR(found.rate, 2.0 / 3, 1e-15);
  EXPECT_EQ(found.ties, 2);
  EXPECT_EQ(found.sign_test_p, 1);  // one prompt that is no tie
}

TEST(WinRate, RepeatingARaterDoesNotNarrowIt) {
  const auto by_prompt = [](std::int64_t prompt, std::int64_t) {
    return prompt % 3 ? Preference::win : Preference::loss;
  };
  const WinRate one = win_rate(judged(60, 1, by_prompt)).value();
  const WinRate ten = win_rate(judged(60, 10, by_prompt)).value();
  EXPECT_NEAR(ten.standard_error.value(), one.standard_error.value(), 1e-12);
  EXPECT_EQ(ten.sign_test_p, one.sign_test_p);
}

TEST(WinRate, ErrorIsTheTwoWayClusteredOneOfTheScores) {
  const auto mixed = judged(12, 4, [](std::int64_t prompt, std::int64_t rater) {
    return (prompt + rater * rater) % 3 == 0 || rater == 1 ? Preference::win : Preference::loss;
  });
  Numbers scores;
  Integers prompts, raters;
  for (const Judgement& one : mixed) {
    scores.push_back(one.preference == Preference::win);
    prompts.push_back(one.prompt);
    raters.push_back(one.rater);
  }
  const WinRate found = win_rate(mixed).value();
  EXPECT_EQ(found.standard_error, two_way_clustered_standard_error(scores, prompts, raters));
  EXPECT_EQ(found.raters, 4);
}

TEST(WinRate, OfNothingButWinsFollowsTheRuleOfThree) {
  const auto wins = judged(100, 3, [](std::int64_t, std::int64_t) { return Preference::win; });
  EXPECT_NEAR(win_rate(wins)->interval->low, 0.97, 1e-4);
}

TEST(WinRate, OfOnePromptOrOfTiesHasNoInterval) {
  EXPECT_FALSE(win_rate({}));
  EXPECT_FALSE(win_rate(std::vector<Judgement>{{7, 0, Preference::win}})->interval);
  EXPECT_FALSE(
      win_rate(judged(9, 2, [](std::int64_t, std::int64_t) { return Preference::tie; }))->interval);
}

TEST(WinRate, RefusesARaterWhoJudgesAPromptTwice) {
  EXPECT_THROW(win_rate(std::vector<Judgement>{{1, 2, Preference::win}, {1, 2, Preference::loss}}),
               std::invalid_argument);
}

}  // namespace
}  // namespace lidit
