#include "results/statistics/judge_error.h"

#include <cmath>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

TEST(JudgeError, CorrectedRateAndItsErrorMatchTheDeltaMethod) {
  for (const char* judges : {"judges", "flawless_judges"})
    for (const json& answer : golden()[judges]) {
      const Integers positives = answer["positives"], negatives = answer["negatives"];
      const CorrectedRate found =
          correct_for_judge({answer["observed"], answer["error"]}, {.true_positives = positives[0],
                                                                    .positives = positives[1],
                                                                    .true_negatives = negatives[0],
                                                                    .negatives = negatives[1]})
              .value();
      EXPECT_NEAR(found.rate, answer["rate"].get<double>(), kClose) << judges;
      EXPECT_NEAR(found.standard_error, answer["standard_error"].get<double>(), kClose) << judges;
    }
}

TEST(JudgeError, JudgeWithoutAnErrorInTheSampleChangesTheErrorAlone) {
  const CorrectedRate found = correct_for_judge({0.4, 0.03}, {20, 20, 20, 20}).value();
  EXPECT_NEAR(found.rate, 0.4, 1e-15);
  EXPECT_GT(found.standard_error, 0.04);
}

TEST(JudgeError, RateStaysWithinZeroAndOne) {
  const CorrectedRate found = correct_for_judge({0.01, 0.01}, {90, 100, 90, 100}).value();
  EXPECT_EQ(found.rate, 0);
  EXPECT_EQ(found.interval.low, 0);
}

TEST(JudgeError, JudgeWhoGuessesOrWasNotAuditedCorrectsNothing) {
  EXPECT_FALSE(correct_for_judge({0.4, 0.03}, {50, 100, 50, 100}));
  EXPECT_FALSE(correct_for_judge({0.4, 0.03}, {0, 0, 50, 100}));
  EXPECT_FALSE(correct_for_judge({0.4, 0.03}, {50, 60, 0, 0}));
}

TEST(JudgeError, RefusesWhatCannotBe) {
  EXPECT_THROW(correct_for_judge({std::nan(""), 0.03}, {9, 10, 9, 10}), std::invalid_argument);
  EXPECT_THROW(correct_for_judge({0.4, 0.03}, {11, 10, 9, 10}), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
