#include "results/statistics/rank_correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace lidit {
namespace {

using Values = std::vector<double>;

// scipy.stats.kendalltau(a, b), its exact method where there are no ties.
TEST(KendallTau, MatchesScipy) {
  const auto five = kendall_tau(Values{1, 2, 3, 4, 5}, Values{1, 3, 2, 5, 4}).value();
  EXPECT_NEAR(five.tau, 0.6, 1e-12);
  EXPECT_NEAR(five.p.value(), 0.23333333333333334, 1e-12);
  const auto seven =
      kendall_tau(Values{.44, .63, .71, .615, .435, .9, .2}, Values{.5, .6, .8, .7, .3, .95, .25})
          .value();
  EXPECT_NEAR(seven.tau, 0.9047619047619049, 1e-12);
  EXPECT_NEAR(seven.p.value(), 0.002777777777777778, 1e-12);
  const auto tied = kendall_tau(Values{1, 2, 2, 3}, Values{1, 2, 3, 3}).value();
  EXPECT_NEAR(tied.tau, 0.8, 1e-12);
  EXPECT_FALSE(tied.p);
  EXPECT_EQ(kendall_tau_b(Values{1, 2, 2, 3}, Values{1, 2, 3, 3}), tied.tau);
}

TEST(KendallTau, WithoutItsPIsFoundOfThousands) {
  Values up, down;
  for (int i = 0; i < 3000; ++i) up.push_back(i), down.push_back(-i);
  EXPECT_EQ(kendall_tau_b(up, down), -1);
}

TEST(KendallTau, IsMinusOneOfTheReverseAndSurprisesNobodyWithTwo) {
  const auto reverse = kendall_tau(Values{1, 2, 3}, Values{3, 2, 1}).value();
  EXPECT_EQ(reverse.tau, -1);
  EXPECT_NEAR(reverse.p.value(), 1.0 / 3, 1e-12);
  EXPECT_EQ(kendall_tau(Values{1, 2}, Values{1, 2}).value().p, 1);
}

TEST(KendallTau, IsNothingWithoutAnOrder) {
  EXPECT_FALSE(kendall_tau(Values{}, Values{}));
  EXPECT_FALSE(kendall_tau(Values{1}, Values{1}));
  EXPECT_FALSE(kendall_tau(Values{1, 1}, Values{1, 2}));
  EXPECT_FALSE(kendall_tau_b(Values{1, 1}, Values{1, 2}));
}

TEST(KendallTau, RefusesNaNAndListsOfDifferentLengths) {
  EXPECT_THROW(kendall_tau(Values{1, std::nan("")}, Values{1, 2}), std::invalid_argument);
  EXPECT_THROW(kendall_tau(Values{1, 2}, Values{1}), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
