#include "results/statistics/estimates.h"

#include <cmath>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

TEST(Estimates, OfOneSampleMatchScipy) {
  for (const json& answer : golden()["samples"]) {
    const Numbers x = answer["values"];
    EXPECT_NEAR(mean(x).value(), answer["mean"].get<double>(), kClose);
    EXPECT_NEAR(variance(x).value(), answer["variance"].get<double>(), kClose);
    EXPECT_NEAR(standard_error(x).value(), answer["standard_error"].get<double>(), kClose);
    EXPECT_NEAR(quantile(x, 0.1).value(), answer["quantile_10"].get<double>(), kClose);
    EXPECT_NEAR(quantile(x, 0.975).value(), answer["quantile_975"].get<double>(), kClose);
    expect_close(t_interval(x).value(), answer, "t_low", "t_high");
  }
}

TEST(Estimates, ClusteredErrorMatchesStatsmodelsForEqualAndUnequalClusters) {
  for (const json& answer : golden()["clusters"])
    EXPECT_NEAR(clustered_standard_error(Numbers(answer["values"]),
                                         std::vector<std::int64_t>(answer["clusters"]))
                    .value(),
                answer["standard_error"].get<double>(), kClose);
}

TEST(Estimates, ClusteredErrorOfEqualClustersIsTheErrorOfTheirMeans) {
  const Numbers x = {1, 3, 0, 2, 5, 9}, means = {2, 1, 7};
  EXPECT_NEAR(clustered_standard_error(x, std::vector<std::int64_t>{7, 7, 3, 3, 5, 5}).value(),
              standard_error(means).value(), 1e-15);
}

TEST(Estimates, WilsonIntervalMatchesStatsmodels) {
  for (const json& answer : golden()["wilson"])
    expect_close(wilson_interval(answer["successes"], answer["trials"], answer["level"]).value(),
                 answer, "low", "high");
}

TEST(Estimates, TwoWayClusteredErrorMatchesStatsmodels) {
  for (const json& answer : golden()["two_way"])
    EXPECT_NEAR(
        two_way_clustered_standard_error(Numbers(answer["values"]), Integers(answer["rows"]),
                                         Integers(answer["columns"]))
            .value(),
        answer["standard_error"].get<double>(), kClose);
}

TEST(Estimates, TwoWayClusteredErrorIsNeverLessThanTheLargerOneWayError) {
  // Rows and columns cancel within each pair: V_rows + V_columns - V_both is negative.
  const Numbers x = {1, -1, -1, 1};
  const Integers rows = {0, 0, 1, 1}, columns = {0, 1, 0, 1};
  EXPECT_EQ(two_way_clustered_standard_error(x, rows, columns).value(), 0);
  const Numbers y = {3, 1, -1, -1};
  EXPECT_GE(two_way_clustered_standard_error(y, rows, columns).value(),
            clustered_standard_error(y, rows).value());
}

TEST(Estimates, ClusteredIntervalOfEqualClustersIsTheIntervalOfTheirMeans) {
  const Numbers x = {1, 3, 0, 2, 5, 9}, means = {2, 1, 7};
  const Interval clustered = clustered_t_interval(x, Integers{7, 7, 3, 3, 5, 5}).value();
  EXPECT_NEAR(clustered.low, t_interval(means)->low, 1e-13);
  EXPECT_NEAR(clustered.high, t_interval(means)->high, 1e-13);
}

TEST(Estimates, MacroMeanMatchesTheContrastOfTaskMeans) {
  const json& answer = golden()["macro"];
  const Numbers means = answer["means"], errors = answer["errors"];
  std::vector<MeanWithError> tasks;
  for (std::size_t i = 0; i < means.size(); ++i) tasks.push_back({means[i], errors[i]});
  const MeanWithError found = macro_mean(tasks).value();
  EXPECT_NEAR(found.mean, answer["mean"].get<double>(), kClose);
  EXPECT_NEAR(found.standard_error, answer["standard_error"].get<double>(), kClose);
  expect_close(normal_interval(found), answer, "low", "high");
}

TEST(Estimates, ProportionsOfAllOrNothingFollowTheRuleOfThree) {
  EXPECT_EQ(proportion_interval(3, 10), wilson_interval(3, 10));
  EXPECT_EQ(proportion_interval(0, 100)->low, 0);
  EXPECT_NEAR(proportion_interval(0, 100)->high, 0.03, 1e-4);
  EXPECT_NEAR(proportion_interval(100, 100)->low, 0.97, 1e-4);
  EXPECT_EQ(proportion_interval(1, 1), (Interval{0, 1}));
}

TEST(Estimates, OfNothingOrTooLittleAreNothing) {
  const Numbers none, one = {1};
  EXPECT_FALSE(mean(none));
  EXPECT_FALSE(quantile(none, 0.5));
  EXPECT_FALSE(variance(one));
  EXPECT_FALSE(standard_error(one));
  EXPECT_FALSE(t_interval(one));
  EXPECT_FALSE(clustered_standard_error(Numbers{1, 2}, Integers{0, 0}));
  EXPECT_FALSE(clustered_t_interval(Numbers{1, 2}, Integers{0, 0}));
  EXPECT_FALSE(two_way_clustered_standard_error(Numbers{1, 2}, Integers{0, 1}, Integers{0, 0}));
  EXPECT_FALSE(wilson_interval(0, 0));
  EXPECT_FALSE(proportion_interval(0, 0));
  EXPECT_FALSE(macro_mean({}));
}

TEST(Estimates, RefuseNumbersThatAreNotFiniteAndLevelsOutOfRange) {
  const Numbers bad = {1, std::nan("")}, good = {1, 2};
  EXPECT_THROW(mean(bad), std::invalid_argument);
  EXPECT_THROW(variance(bad), std::invalid_argument);
  EXPECT_THROW(clustered_standard_error(bad, Integers{0, 1}), std::invalid_argument);
  EXPECT_THROW(clustered_standard_error(good, Integers{0}), std::invalid_argument);
  EXPECT_THROW(two_way_clustered_standard_error(bad, Integers{0, 1}, Integers{0, 1}),
               std::invalid_argument);
  EXPECT_THROW(macro_mean(std::vector<MeanWithError>{{0.5, std::nan("")}}), std::invalid_argument);
  EXPECT_THROW(normal_interval({std::nan(""), 1}), std::invalid_argument);
  EXPECT_THROW(t_interval(good, 1), std::invalid_argument);
  EXPECT_THROW(t_interval(good, std::nan("")), std::invalid_argument);
  EXPECT_THROW(quantile(good, 1.5), std::invalid_argument);
  EXPECT_THROW(wilson_interval(3, 2), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
