// What intervals and tests promise, in 1,000 simulated comparisons of equals (the tables in
// results/statistics/README.md have more of them; see coverage_tables.cpp).
#include <gtest/gtest.h>

#include "tests/results/statistics/null_comparisons.h"

namespace lidit {
namespace {

constexpr double kMargin = 0.03;

class Coverage : public testing::TestWithParam<std::int64_t> {};

TEST_P(Coverage, OfThousandNullComparisonsIsNinetyThreeToNinetySevenPercent) {
  const NullShares shares =
      simulate_comparisons({.name = "seeds", .seeds = GetParam()}, kMargin, 1000, 0);
  EXPECT_GE(shares.difference_covered, 0.93);
  EXPECT_LE(shares.difference_covered, 0.97);
  EXPECT_GE(shares.mean_covered, 0.93);
  EXPECT_LE(shares.mean_covered, 0.97);
  EXPECT_LE(shares.adjusted, 0.05);
  // Tests of exactly 5 %: two standard errors of 1,000 comparisons more.
  EXPECT_LE(shares.t_test, 0.064);
  if (GetParam() < 6)
    EXPECT_EQ(shares.sign_flips, 0) << "p is never below 2^(1-n)";
  else
    EXPECT_LE(shares.sign_flips, 0.064);
  EXPECT_LE(shares.any_of_family, 0.064);
  EXPECT_LE(shares.equivalent_at_margin, 0.05);
  EXPECT_NEAR(shares.found, 0.8, 0.05);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Coverage, testing::Values(3, 5, 10));

TEST(CoverageOfOneSeed, SaysLittleAboutSystems) {
  const OneSeedShares shares = simulate_single_seeds({.name = "one seed", .prompts = 8}, 40, 0);
  EXPECT_GE(shares.runs_covered, 0.85);
  EXPECT_LT(shares.systems_covered, shares.runs_covered - 0.1);
}

TEST(CoverageOfOneSeed, HoldsTheMeanOverPromptsWhereStructuresDifferInSize) {
  const OneSeedShares shares = simulate_single_seeds(
      {.name = "one seed", .structures = 12, .prompts = 8, .unequal = true}, 60, 0);
  EXPECT_GE(shares.runs_covered, 0.87);
}

}  // namespace
}  // namespace lidit
