#include "results/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "results/statistics/estimates.h"
#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

/// The rows of an index matrix, one for each resample.
Resampling given(const Integers& matrix, std::int64_t rows) {
  return [matrix, rows](std::int64_t number, Integers& drawn) {
    drawn.assign(matrix.begin() + number * rows, matrix.begin() + (number + 1) * rows);
  };
}

TEST(Bootstrap, OfGivenDrawsMatchesNumpy) {
  const json& answer = golden()["bootstrap"];
  const Numbers x = answer["values"];
  const Numbers means = bootstrap(60, given(answer["drawn"], 12), mean_of(x));
  const Numbers expected = answer["means"];
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(means.at(i), expected[i], kClose);
  expect_close(percentile_interval(means).value(), answer, "low", "high");
}

TEST(Bootstrap, BiasCorrectedIntervalOfGivenDrawsMatchesScipy) {
  for (const json& answer : golden()["bca"]) {
    const Numbers x = answer["values"];
    const Integers matrix = answer["drawn"];
    const auto rows = static_cast<std::int64_t>(x.size());
    const auto resamples = static_cast<std::int64_t>(matrix.size()) / rows;
    const Statistic geometric_mean = [&](std::span<const std::int64_t> drawn) {
      double total = 0;
      for (const std::int64_t row : drawn) total += std::log(x[static_cast<std::size_t>(row)]);
      return std::exp(total / static_cast<double>(drawn.size()));
    };
    Integers all(x.size());
    std::iota(all.begin(), all.end(), 0);
    const Numbers replicates = bootstrap(resamples, given(matrix, rows), geometric_mean);
    expect_close(
        bca_interval(geometric_mean(all), replicates, jackknife(rows, geometric_mean)).value(),
        answer, "low", "high");
  }
}

TEST(Bootstrap, OfGivenClustersOfAnySizeMatchesNumpysWeightedMean) {
  const json& answer = golden()["cluster_bootstrap"];
  const Numbers x = answer["values"], expected = answer["means"];
  const std::vector<Integers> draws = answer["draws"];
  const Numbers means = bootstrap(
      std::ssize(draws),
      [&](std::int64_t number, Integers& drawn) {
        drawn = draws[static_cast<std::size_t>(number)];
      },
      mean_of(x));
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(means.at(i), expected[i], kClose);
}

TEST(Bootstrap, OfGivenPromptsAndSeedsMatchesNumpy) {
  const json& answer = golden()["crossed"];
  const Numbers x = answer["values"], expected = answer["means"];
  const Integers prompts = answer["drawn_prompts"], seeds = answer["drawn_seeds"];
  const std::int64_t columns = answer["seeds"];
  const auto width = static_cast<std::size_t>(columns), height = x.size() / width;
  const Statistic statistic = mean_of(x);
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(statistic(cross(std::span(prompts).subspan(i * height, height),
                                std::span(seeds).subspan(i * width, width), columns)),
                expected[i], kClose);
}

TEST(Bootstrap, JackknifeLeavesEachRowOutOnce) {
  const Numbers x = {1, 2, 6};
  EXPECT_EQ(jackknife(3, mean_of(x)), (Numbers{4, 3.5, 1.5}));
  EXPECT_TRUE(jackknife(1, mean_of(x)).empty());
}

TEST(Bootstrap, RepeatsWithItsSeedAndCoversAboutTwoStandardErrors) {
  Numbers x;
  for (int i = 0; i < 50; ++i) x.push_back(std::sin(i));
  const Interval interval = bootstrap_interval(x, {}, 7).value();
  EXPECT_EQ(interval, bootstrap_interval(x, {}, 7).value());
  EXPECT_NE(interval, bootstrap_interval(x, {}, 8).value());
  const double width = 2 * 1.96 * standard_error(x).value();
  EXPECT_NEAR(interval.high - interval.low, width, 0.05 * width);
}

TEST(Bootstrap, OfClustersIsWiderWhenClustersDiffer) {
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

TEST(Bootstrap, OfWeightedRowsIsThatOfTheThingsThatTheyAreMeansOf) {
  // Prompts of one object, all right, and of three, all wrong: a quarter of the objects is right.
  Numbers means, weights;
  Integers clusters;
  for (int i = 0; i < 40; ++i) {
    means.push_back(i % 2);
    weights.push_back(i % 2 ? 1 : 3);
    clusters.push_back(i / 2 % 10);
  }
  const Interval weighted = weighted_bootstrap_interval(means, weights, {}, 3).value();
  EXPECT_LT(weighted.low, 0.25);
  EXPECT_GT(weighted.high, 0.25);
  EXPECT_LT(weighted.high, 0.5);  // the mean over prompts
  EXPECT_LT(weighted_bootstrap_interval(means, weights, clusters, 3)->high, 0.5);
  EXPECT_EQ(weighted_bootstrap_interval(means, Numbers(40, 2.0), clusters, 3),
            bootstrap_interval(means, clusters, 3));
  for (const double bad : {0.0, -1.0, std::nan("")}) {
    weights[7] = bad;
    EXPECT_THROW(weighted_bootstrap_interval(means, weights, {}, 3), std::invalid_argument) << bad;
  }
  EXPECT_THROW(weighted_bootstrap_interval(means, Numbers{1}, {}, 3), std::invalid_argument);
}

TEST(Bootstrap, DrawsEveryClusterAtItsOwnSize) {
  const Integers clusters = {3, 7, 7, 7, 7, 3, 3};  // of 3 and of 4 rows
  Integers drawn;
  std::map<std::int64_t, int> sizes;
  for (std::int64_t number = 0; number < 400; ++number) {
    resample_clusters(clusters, 1)(number, drawn);
    std::map<std::int64_t, int> rows;
    for (const std::int64_t row : drawn) ++rows[clusters[static_cast<std::size_t>(row)]];
    EXPECT_EQ(rows[3] / 3 + rows[7] / 4, 2);
    EXPECT_EQ(rows[3] % 3 + rows[7] % 4, 0);
    ++sizes[std::ssize(drawn)];
  }
  EXPECT_EQ(sizes.size(), 3u);
  EXPECT_NEAR(sizes[6], 100, 4 * std::sqrt(400 * 0.25 * 0.75));
  EXPECT_NEAR(sizes[7], 200, 4 * std::sqrt(400 * 0.5 * 0.5));
}

TEST(Bootstrap, OfUnequalClustersIsAboutTheMeanOverRows) {
  Numbers x(90, 1.0);
  Integers clusters(90, 0);
  for (std::int64_t cluster = 1; cluster < 10; ++cluster) {
    x.push_back(0);
    clusters.push_back(cluster);
  }
  Numbers means = bootstrap(2000, resample_clusters(clusters, 5), mean_of(x));
  // Drawn once, the large cluster gives 90 of 99 rows; without it every row is 0.
  EXPECT_EQ(quantile(means, 0.5).value(), 90.0 / 99);
  EXPECT_GT(bootstrap_interval(x, clusters, 5)->high, *mean(x));
}

TEST(Bootstrap, OfUnequalClustersSpreadsAsTheClusteredErrorSays) {
  Numbers x;
  Integers clusters;
  for (std::int64_t cluster = 0; cluster < 200; ++cluster)
    for (std::int64_t i = 0; i <= cluster % 5; ++i) {
      x.push_back(std::sin(static_cast<double>(cluster * cluster)) + 0.4 * (cluster % 5));
      clusters.push_back(cluster);
    }
  const Numbers means = bootstrap(4000, resample_clusters(clusters, 2), mean_of(x));
  const double error = clustered_standard_error(x, clusters).value();
  EXPECT_NEAR(std::sqrt(*variance(means)), error, 0.05 * error);
  EXPECT_NEAR(*mean(means), *mean(x), 0.2 * error);
}

TEST(Bootstrap, ResampledClustersHoldOnlyRowsOfTheClustersDrawn) {
  const std::vector<std::int64_t> clusters = {0, 0, 0, 1, 1, 1};
  Integers drawn;
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

TEST(Bootstrap, WithinStrataDrawsEachPlaceFromItsStratum) {
  const Integers strata = {4, 2, 4, 2, 2};
  Integers drawn;
  bool moved = false;
  for (std::int64_t number = 0; number < 50; ++number) {
    resample_within(strata, 3)(number, drawn);
    ASSERT_EQ(drawn.size(), strata.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      EXPECT_EQ(strata[static_cast<std::size_t>(drawn[i])], strata[i]);
      moved |= drawn[i] != static_cast<std::int64_t>(i);
    }
  }
  EXPECT_TRUE(moved);
}

TEST(Bootstrap, MacroMeanCountsEveryStratumAlike) {
  const Numbers x = {1, 1, 1, 5};
  const Integers strata = {0, 0, 0, 1}, all = {0, 1, 2, 3};
  EXPECT_EQ(macro_mean_of(x, strata)(all), 3);
}

TEST(Bootstrap, CrossedDrawsKeepWholePromptsAndWholeSeeds) {
  Integers drawn;  // 2 prompts with 3 seeds
  for (std::int64_t number = 0; number < 50; ++number) {
    resample_crossed(2, 3, 1)(number, drawn);
    ASSERT_EQ(drawn.size(), 6u);
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_EQ(drawn[k] % 3, drawn[k + 3] % 3);
      EXPECT_EQ(drawn[k] / 3, drawn[0] / 3);
    }
  }
}

TEST(Bootstrap, CrossedDrawsWithinStrataTakePromptsFromTheirOwnAndTheSameSeeds) {
  const Integers strata = {5, 5, 5, 2, 2};
  Integers drawn, seen(5, 0);
  for (std::int64_t number = 0; number < 50; ++number) {
    resample_crossed_within(strata, 3, 1)(number, drawn);
    ASSERT_EQ(drawn.size(), 15u);
    for (std::size_t i = 0; i < 15; ++i) {
      const auto prompt = static_cast<std::size_t>(drawn[i] / 3);
      EXPECT_EQ(strata[prompt], strata[i / 3]);
      EXPECT_EQ(drawn[i] % 3, drawn[i % 3] % 3);
      ++seen[prompt];
    }
  }
  EXPECT_GT(std::ranges::min(seen), 0);
  Integers one;
  resample_crossed_within(Integers(4, 7), 3, 1)(9, one);
  resample_crossed(4, 3, 1)(9, drawn);
  EXPECT_EQ(one, drawn);
}

TEST(Bootstrap, CrossedIntervalIsWiderThanThatOfRowsWhenSeedsDiffer) {
  Numbers x;  // 40 prompts, 4 seeds: all spread is between seeds
  for (int i = 0; i < 160; ++i) x.push_back(i % 4 + 0.01 * (i / 4));
  const Interval crossed = crossed_bootstrap_interval(x, 4, 1).value();
  const Interval rows = bootstrap_interval(x, {}, 1).value();
  EXPECT_GT(crossed.high - crossed.low, 4 * (rows.high - rows.low));
}

TEST(Bootstrap, OfOnePromptOneSeedOrOneClusterGivesNoInterval) {
  EXPECT_FALSE(bootstrap_interval(Numbers{1}, {}, 0));
  EXPECT_FALSE(bootstrap_interval(Numbers{1, 2, 3}, Integers{5, 5, 5}, 0));
  EXPECT_FALSE(crossed_bootstrap_interval(Numbers{1, 2, 3}, 3, 0));
  EXPECT_FALSE(crossed_bootstrap_interval(Numbers{1, 2, 3}, 1, 0));
  EXPECT_FALSE(percentile_interval({}));
}

TEST(Bootstrap, BiasIsNotCorrectedWhereNothingSaysHow) {
  const Numbers replicates = {1, 2, 3}, spread = {1, 2, 4}, constant = {2, 2, 2};
  EXPECT_FALSE(bca_interval(0, replicates, spread));
  EXPECT_FALSE(bca_interval(4, replicates, spread));
  EXPECT_FALSE(bca_interval(2, replicates, constant));
  EXPECT_FALSE(bca_interval(2, {}, spread));
  EXPECT_TRUE(bca_interval(2, replicates, spread));
}

TEST(Bootstrap, RefusesWhatIsNotFiniteOrDoesNotFit) {
  const Numbers bad = {1, std::nan("")};
  EXPECT_THROW(bootstrap_interval(bad, {}, 0), std::invalid_argument);
  EXPECT_THROW(crossed_bootstrap_interval(bad, 2, 0), std::invalid_argument);
  EXPECT_THROW(crossed_bootstrap_interval(Numbers{1, 2, 3}, 2, 0), std::invalid_argument);
  EXPECT_THROW(percentile_interval(bad), std::invalid_argument);
  EXPECT_THROW(bca_interval(std::nan(""), Numbers{1}, Numbers{1, 2}), std::invalid_argument);
  EXPECT_THROW(bootstrap_interval(Numbers{1, 2}, Integers{0}, 0), std::invalid_argument);
  EXPECT_THROW(resample_crossed(2, 0, 0), std::invalid_argument);
  EXPECT_THROW(resample_rows(0, 0), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
