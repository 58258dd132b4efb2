#include "harness/report/clustered_scores.h"

#include <gtest/gtest.h>

namespace lidit {
namespace {

TEST(ClusteredScores, CountAPromptAsOftenAsItHasObjects) {
  const Fields row{{"binding", 0.5},
                   {"prompt", 0.0},
                   {"claim.1.binding", 1.0},
                   {"claim.2.binding", 0.0},
                   {"metrics.mine", 0.25}};
  EXPECT_EQ(things_scored(row, "binding"), 2);
  EXPECT_EQ(things_scored(row, "prompt"), 1);
  EXPECT_EQ(things_scored(row, "metrics.mine"), 1);
  EXPECT_EQ(things_scored({{"binding", 0.5}}, "binding"), 1);
}

TEST(ClusteredScores, KnowWhichMeasurementsAreMeansOfPrompts) {
  EXPECT_EQ(score_of_prompts("binding"), "binding");
  EXPECT_EQ(score_of_prompts("binding.position.3"), "claim.3.binding");
  EXPECT_EQ(score_of_prompts("metrics.mine"), "metrics.mine");
  for (const char* other : {"slope", "gap", "learning.area", "binding.colour", ""})
    EXPECT_EQ(score_of_prompts(other), "") << other;
}

TEST(ClusteredScores, HaveAnIntervalAboutTheMeanOverObjects) {
  ClusteredScores scores;
  for (int i = 0; i < 60; ++i)
    scores.add(i % 2, i % 2 ? 1 : 3, "structure " + std::to_string(i % 6 / 2));
  const Interval interval = scores.interval().value();
  EXPECT_LT(interval.low, 0.25);
  EXPECT_GT(interval.high, 0.25);
  EXPECT_LT(interval.high, 0.5);
}

TEST(ClusteredScores, HaveNoIntervalWithinOneStructure) {
  ClusteredScores scores;
  EXPECT_FALSE(scores.interval());
  scores.add(0.5, 1, "a");
  scores.add(0.75, 2, "a");
  EXPECT_FALSE(scores.interval());
}

}  // namespace
}  // namespace lidit
