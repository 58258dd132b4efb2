#include "results/comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "results/statistics/distributions.h"

namespace lidit {
namespace {

using Family = std::vector<PairedScores>;

const PairedScores kFar{.a = {0.81, 0.79, 0.80, 0.82, 0.80}, .b = {0.50, 0.51, 0.49, 0.50, 0.52}};
const PairedScores kNoisy{.a = {0.5, 0.7, 0.6}, .b = {0.6, 0.5, 0.65}};
const PairedScores kClose{.a = {0.700, 0.711, 0.690, 0.703}, .b = {0.702, 0.708, 0.693, 0.701}};

Verdict verdict(const PairedScores& scores) { return compare(Family{scores})[0]->verdict; }

TEST(Comparison, SaysWhichSideIsHigher) {
  EXPECT_EQ(verdict(kFar), Verdict::higher);
  EXPECT_EQ(verdict({.a = kFar.b, .b = kFar.a}), Verdict::lower);
}

TEST(Comparison, CallsNoiseNoiseAndNotEquality) {
  EXPECT_EQ(verdict(kNoisy), Verdict::undecided);
  EXPECT_EQ(describe(Verdict::undecided), "inside the noise");
}

TEST(Comparison, SaysNoDifferenceOnlyWhereTheEquivalenceTestDoes) {
  EXPECT_EQ(verdict(kClose), Verdict::equivalent);
  EXPECT_EQ(describe(Verdict::equivalent), "no difference (within 3 points)");
  PairedScores strict = kClose;
  strict.margin = 0.001;
  EXPECT_EQ(verdict(strict), Verdict::undecided);
  strict.margin.reset();
  EXPECT_EQ(verdict(strict), Verdict::undecided);
  EXPECT_FALSE(compare(Family{strict})[0]->equivalence);
}

TEST(Comparison, WithoutSpreadClaimsNothingAndDoesNotCountInTheFamily) {
  // Neither side varies; both do, alike; and .2 in decimals that no double has.
  const Family family = {kNoisy,
                         {.a = {1, 1, 1}, .b = {0.5, 0.5, 0.5}},
                         {.a = kFar.a, .b = kFar.a},
                         {.a = {0.7, 0.8, 0.9}, .b = {0.5, 0.6, 0.7}}};
  const auto all = compare(family);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(all[i]->verdict, Verdict::no_spread) << i;
    EXPECT_FALSE(all[i]->adjusted_p || all[i]->detectable || all[i]->equivalence) << i;
  }
  EXPECT_NEAR(all[3]->paired.difference, 0.2, 1e-12);
  EXPECT_EQ(all[0]->adjusted_p, all[0]->paired.t_test_p);
  EXPECT_EQ(describe(Verdict::no_spread), "no spread: no claim");
}

TEST(Comparison, OfTwoSeedsIsNoneAndDoesNotCountInTheFamily) {
  const auto all = compare(Family{{.a = {0, 1}, .b = {1, 1}}, kNoisy});
  EXPECT_FALSE(all[0]);
  EXPECT_EQ(all[1]->adjusted_p, all[1]->paired.t_test_p);
}

TEST(Comparison, AdjustsForItsFamily) {
  const auto all = compare(Family{kNoisy, kFar, kFar});
  EXPECT_DOUBLE_EQ(*all[1]->adjusted_p, 3 * *all[1]->paired.t_test_p);
  EXPECT_EQ(all[0]->adjusted_p, all[0]->paired.t_test_p);
}

TEST(Comparison, DetectableEffectFollowsTheSpreadOfDifferences) {
  const Comparison found = *compare(Family{kNoisy})[0];
  EXPECT_NEAR(*found.detectable,
              (t_quantile(0.975, 2) + t_quantile(0.8, 2)) * *found.paired.standard_error, 1e-12);
}

TEST(Comparison, RefusesWhatIsNotFiniteOrNotPaired) {
  EXPECT_THROW(compare(Family{{.a = {1, 2, std::nan("")}, .b = {1, 2, 3}}}), std::invalid_argument);
  EXPECT_THROW(compare(Family{{.a = {1, 2, 3}, .b = {1, 2}}}), std::invalid_argument);
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_THROW(compare(Family{{.a = {infinite, 2, 3}, .b = {1, 2, 3}}}), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
