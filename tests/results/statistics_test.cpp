#include "results/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lidit {
namespace {

using Numbers = std::vector<double>;
using nlohmann::json;

constexpr double kClose = 1e-9;

const json& golden() {  // known answers of scipy and statsmodels
  static const json answers = json::parse(std::ifstream(LIDIT_GOLDEN_DIR "/statistics.json"));
  return answers;
}

void expect_close(const Interval& interval, const json& answer, const char* low, const char* high) {
  EXPECT_NEAR(interval.low, answer[low].get<double>(), kClose);
  EXPECT_NEAR(interval.high, answer[high].get<double>(), kClose);
}

TEST(Statistics, OfOneSampleMatchScipy) {
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

TEST(Statistics, ClusteredErrorMatchesStatsmodelsForEqualAndUnequalClusters) {
  for (const json& answer : golden()["clusters"])
    EXPECT_NEAR(clustered_standard_error(Numbers(answer["values"]),
                                         std::vector<std::int64_t>(answer["clusters"]))
                    .value(),
                answer["standard_error"].get<double>(), kClose);
}

TEST(Statistics, ClusteredErrorOfEqualClustersIsTheErrorOfTheirMeans) {
  const Numbers x = {1, 3, 0, 2, 5, 9}, means = {2, 1, 7};
  EXPECT_NEAR(clustered_standard_error(x, std::vector<std::int64_t>{7, 7, 3, 3, 5, 5}).value(),
              standard_error(means).value(), 1e-15);
}

TEST(Statistics, QuantilesMatchScipy) {
  for (const json& answer : golden()["t_quantiles"]) {
    const double value = answer["value"];
    EXPECT_NEAR(t_quantile(answer["probability"], answer["df"]), value, kClose * std::abs(value));
    EXPECT_NEAR(t_cumulative(value, answer["df"]), answer["probability"].get<double>(), kClose);
  }
  for (const json& answer : golden()["normal_quantiles"])
    EXPECT_NEAR(normal_quantile(answer["probability"]), answer["value"].get<double>(), kClose);
}

TEST(Statistics, WilsonIntervalMatchesStatsmodels) {
  for (const json& answer : golden()["wilson"])
    expect_close(wilson_interval(answer["successes"], answer["trials"], answer["level"]).value(),
                 answer, "low", "high");
}

TEST(Statistics, BootstrapOfGivenDrawsMatchesNumpy) {
  const json& answer = golden()["bootstrap"];
  const Numbers x = answer["values"];
  const std::vector<std::int64_t> matrix = answer["drawn"];
  const auto given = [&](std::int64_t number, std::span<std::int64_t> drawn) {
    std::copy_n(matrix.begin() + number * static_cast<std::int64_t>(drawn.size()), drawn.size(),
                drawn.begin());
  };
  const auto drawn_mean = [&](std::span<const std::int64_t> drawn) {
    Numbers values;
    for (const std::int64_t row : drawn) values.push_back(x[static_cast<std::size_t>(row)]);
    return mean(values).value();
  };
  const Numbers means = bootstrap(12, 60, given, drawn_mean), expected = answer["means"];
  for (std::size_t i = 0; i < means.size(); ++i) EXPECT_NEAR(means[i], expected[i], kClose);
  expect_close(percentile_interval(means).value(), answer, "low", "high");
}

TEST(Statistics, BootstrapRepeatsWithItsSeedAndCoversAboutTwoStandardErrors) {
  Numbers x;
  for (int i = 0; i < 50; ++i) x.push_back(std::sin(i));
  const Interval interval = bootstrap_interval(x, {}, 7).value();
  EXPECT_EQ(interval, bootstrap_interval(x, {}, 7).value());
  EXPECT_NE(interval, bootstrap_interval(x, {}, 8).value());
  const double width = 2 * 1.96 * standard_error(x).value();
  EXPECT_NEAR(interval.high - interval.low, width, 0.05 * width);
}

TEST(Statistics, BootstrapOfClustersIsWiderWhenClustersDiffer) {
  Numbers x;
  std::vector<std::int64_t> clusters;
  for (int i = 0; i < 60; ++i) {
    clusters.push_back(i / 10);
    x.push_back(i / 10 + 0.01 * (i % 10));
  }
  const Interval rows = bootstrap_interval(x, {}, 1).value();
  const Interval both = bootstrap_interval(x, clusters, 1).value();
  EXPECT_GT(both.high - both.low, 2 * (rows.high - rows.low));
}

TEST(Statistics, ResampledClustersHoldOnlyRowsOfTheClustersDrawn) {
  const std::vector<std::int64_t> clusters = {0, 0, 0, 1, 1, 1};
  std::vector<std::int64_t> drawn(6);
  int mixed = 0;
  for (std::int64_t number = 0; number < 50; ++number) {
    resample_clusters(clusters, 3)(number, drawn);
    for (const std::size_t begin : {0, 3})
      for (std::size_t i = 1; i < 3; ++i)
        EXPECT_EQ(clusters[static_cast<std::size_t>(drawn[begin + i])],
                  clusters[static_cast<std::size_t>(drawn[begin])]);
    mixed += clusters[static_cast<std::size_t>(drawn[0])] !=
             clusters[static_cast<std::size_t>(drawn[3])];
  }
  EXPECT_GT(mixed, 10);
  EXPECT_LT(mixed, 40);
}

TEST(Statistics, PairedDifferencesMatchScipy) {
  for (const json& answer : golden()["paired"]) {
    const Numbers a = answer["a"], b = answer["b"];
    const PairedDifference paired = paired_difference(a, b, 1).value();
    EXPECT_NEAR(paired.difference, answer["difference"].get<double>(), kClose);
    EXPECT_NEAR(paired.standard_error, answer["standard_error"].get<double>(), kClose);
    expect_close(paired.interval, answer, "low", "high");
    const double p = answer["exact_p"];  // four standard errors of 10,000 random flips
    EXPECT_NEAR(paired.p, p, 4 * std::sqrt(p * (1 - p) / 10'000) + 1e-4);
    Numbers d;
    for (std::size_t i = 0; i < a.size(); ++i) d.push_back(a[i] - b[i]);
    EXPECT_NEAR(equivalence_test(d, 0.5).value(), answer["equivalence_p"].get<double>(), kClose);
  }
}

TEST(Statistics, SignFlipTestCountsSumsThatAreEqualOnPaper) {
  const Numbers d = {0.1, 0.2, 0.3, -0.3};  // sum .3: 12 of the 16 patterns reach it
  EXPECT_NEAR(sign_flip_test(d, 1).value(), 12.0 / 16, 0.02);
  EXPECT_EQ(sign_flip_test(Numbers{0, 0, 0}, 1).value(), 1);
}

TEST(Statistics, HolmMatchesStatsmodels) {
  const json& answer = golden()["holm"];
  const Numbers adjusted = holm(Numbers(answer["p"])), expected = answer["adjusted"];
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], kClose);
}

TEST(Statistics, OfNothingOrTooLittleAreNothing) {
  const Numbers none, one = {1};
  EXPECT_FALSE(mean(none));
  EXPECT_FALSE(quantile(none, 0.5));
  EXPECT_FALSE(variance(one));
  EXPECT_FALSE(standard_error(one));
  EXPECT_FALSE(t_interval(one));
  EXPECT_FALSE(bootstrap_interval(one, {}, 0));
  EXPECT_FALSE(clustered_standard_error(Numbers{1, 2}, std::vector<std::int64_t>{0, 0}));
  EXPECT_FALSE(wilson_interval(0, 0));
  EXPECT_FALSE(paired_difference(one, one, 0));
  EXPECT_FALSE(sign_flip_test(none, 0));
  EXPECT_FALSE(equivalence_test(one, 0.1));
  EXPECT_TRUE(holm(none).empty());
}

TEST(Statistics, RefuseNumbersThatAreNotFiniteAndLevelsOutOfRange) {
  const Numbers bad = {1, std::nan("")}, good = {1, 2};
  EXPECT_THROW(mean(bad), std::invalid_argument);
  EXPECT_THROW(sign_flip_test(bad, 0), std::invalid_argument);
  EXPECT_THROW(paired_difference(bad, good, 0), std::invalid_argument);
  EXPECT_THROW(bootstrap_interval(bad, {}, 0), std::invalid_argument);
  EXPECT_THROW(holm(bad), std::invalid_argument);
  EXPECT_THROW(t_interval(good, 1), std::invalid_argument);
  EXPECT_THROW(t_interval(good, std::nan("")), std::invalid_argument);
  EXPECT_THROW(quantile(good, 1.5), std::invalid_argument);
  EXPECT_THROW(equivalence_test(good, 0), std::invalid_argument);
  EXPECT_THROW(paired_difference(good, Numbers{1}, 0), std::invalid_argument);
  EXPECT_THROW(wilson_interval(3, 2), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
