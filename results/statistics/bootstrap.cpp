#include "results/statistics/bootstrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "results/philox.h"
#include "results/statistics/checks.h"
#include "results/statistics/distributions.h"
#include "results/statistics/estimates.h"

namespace lidit {
namespace {

using Rows = std::vector<std::int64_t>;

std::int64_t size(std::span<const double> values) {
  return static_cast<std::int64_t>(values.size());
}

/// The rows of each group, in the order of the groups' numbers.
std::vector<Rows> rows_by_group(std::span<const std::int64_t> groups) {
  std::map<std::int64_t, Rows> by_group;
  for (std::size_t i = 0; i < groups.size(); ++i)
    by_group[groups[i]].push_back(static_cast<std::int64_t>(i));
  std::vector<Rows> members;
  for (auto& [group, rows] : by_group) members.push_back(std::move(rows));
  return members;
}

void draw(Philox& random, std::span<std::int64_t> drawn, std::int64_t bound) {
  for (std::int64_t& row : drawn)
    row = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound)));
}

/// Percentile interval of a statistic of `rows` rows; see bootstrap_interval.
std::optional<Interval> interval_of(const Statistic& statistic, std::size_t rows,
                                    std::span<const std::int64_t> clusters, std::uint64_t seed,
                                    double level) {
  if (!clusters.empty()) check_equal(rows, clusters.size(), "clusters");
  const auto count = static_cast<std::int64_t>(rows);
  const bool one_cluster =
      !clusters.empty() && std::ranges::count(clusters, clusters.front()) == count;
  if (rows < 2 || one_cluster) return std::nullopt;
  const Resampling resampling =
      clusters.empty() ? resample_rows(count, seed) : resample_clusters(clusters, seed);
  return percentile_interval(bootstrap(kResamples, resampling, statistic), level);
}

}  // namespace

Resampling resample_rows(std::int64_t rows, std::uint64_t seed) {
  if (rows < 1) throw std::invalid_argument(fmt::format("a resampling of {} rows", rows));
  return [rows, seed](std::int64_t number, Rows& drawn) {
    Philox random(seed, "bootstrap", static_cast<std::uint64_t>(number));
    drawn.resize(static_cast<std::size_t>(rows));
    draw(random, drawn, rows);
  };
}

Resampling resample_within(std::span<const std::int64_t> strata, std::uint64_t seed) {
  return [members = rows_by_group(strata), rows = strata.size(), seed](std::int64_t number,
                                                                       Rows& drawn) {
    drawn.resize(rows);
    Philox random(seed, "stratified bootstrap", static_cast<std::uint64_t>(number));
    for (const Rows& stratum : members)
      for (const std::int64_t place : stratum)
        drawn[static_cast<std::size_t>(place)] = stratum[random.below(stratum.size())];
  };
}

Resampling resample_clusters(std::span<const std::int64_t> clusters, std::uint64_t seed) {
  return [members = rows_by_group(clusters), seed](std::int64_t number, Rows& drawn) {
    Philox random(seed, "cluster bootstrap", static_cast<std::uint64_t>(number));
    drawn.clear();
    for (std::size_t k = 0; k < members.size(); ++k) {
      const Rows& cluster = members[random.below(members.size())];
      for (std::size_t i = 0; i < cluster.size(); ++i)
        drawn.push_back(cluster[random.below(cluster.size())]);
    }
  };
}

std::vector<std::int64_t> cross(std::span<const std::int64_t> prompts_drawn,
                                std::span<const std::int64_t> seeds_drawn, std::int64_t seeds) {
  Rows rows;
  for (const std::int64_t prompt : prompts_drawn)
    for (const std::int64_t seed : seeds_drawn) rows.push_back(prompt * seeds + seed);
  return rows;
}

Resampling resample_crossed(std::int64_t prompts, std::int64_t seeds, std::uint64_t seed) {
  if (prompts < 1 || seeds < 1)
    throw std::invalid_argument(fmt::format("{} prompts crossed with {} seeds", prompts, seeds));
  return resample_crossed_within(Rows(static_cast<std::size_t>(prompts)), seeds, seed);
}

Resampling resample_crossed_within(std::span<const std::int64_t> strata, std::int64_t seeds,
                                   std::uint64_t seed) {
  if (strata.empty() || seeds < 1)
    throw std::invalid_argument(
        fmt::format("{} prompts crossed with {} seeds", strata.size(), seeds));
  return [members = rows_by_group(strata), prompts = strata.size(), seeds, seed](
             std::int64_t number, Rows& drawn) {
    Philox random(seed, "crossed bootstrap", static_cast<std::uint64_t>(number));
    Rows prompts_drawn(prompts), seeds_drawn(static_cast<std::size_t>(seeds));
    for (const Rows& stratum : members)
      for (const std::int64_t place : stratum)
        prompts_drawn[static_cast<std::size_t>(place)] = stratum[random.below(stratum.size())];
    draw(random, seeds_drawn, seeds);
    drawn = cross(prompts_drawn, seeds_drawn, seeds);
  };
}

Statistic mean_of(std::span<const double> values) {
  check_finite(values);
  return [values](std::span<const std::int64_t> drawn) {
    double total = 0;
    for (const std::int64_t row : drawn) total += values[static_cast<std::size_t>(row)];
    return total / static_cast<double>(drawn.size());
  };
}

Statistic weighted_mean_of(std::span<const double> values, std::span<const double> weights) {
  check_finite(values);
  check_finite(weights);
  check_equal(values.size(), weights.size(), "weights");
  if (std::ranges::any_of(weights, [](double weight) { return !(weight > 0); }))
    throw std::invalid_argument("a weight that is not positive");
  return [values, weights](std::span<const std::int64_t> drawn) {
    double total = 0, weight = 0;
    for (const std::int64_t row : drawn) {
      total += weights[static_cast<std::size_t>(row)] * values[static_cast<std::size_t>(row)];
      weight += weights[static_cast<std::size_t>(row)];
    }
    return total / weight;
  };
}

Statistic macro_mean_of(std::span<const double> values, std::span<const std::int64_t> strata) {
  check_finite(values);
  check_equal(values.size(), strata.size(), "strata");
  return [values, strata](std::span<const std::int64_t> drawn) {
    std::map<std::int64_t, std::pair<double, double>> totals;  // sum and count
    for (const std::int64_t row : drawn) {
      auto& [total, count] = totals[strata[static_cast<std::size_t>(row)]];
      total += values[static_cast<std::size_t>(row)];
      ++count;
    }
    double sum = 0;
    for (const auto& [stratum, total] : totals) sum += total.first / total.second;
    return sum / static_cast<double>(totals.size());
  };
}

std::vector<double> bootstrap(std::int64_t resamples, const Resampling& resampling,
                              const Statistic& statistic) {
  Rows drawn;
  std::vector<double> replicates;
  for (std::int64_t number = 0; number < resamples; ++number) {
    resampling(number, drawn);
    replicates.push_back(statistic(drawn));
  }
  return replicates;
}

std::vector<double> jackknife(std::int64_t rows, const Statistic& statistic) {
  if (rows < 2) return {};
  Rows kept(static_cast<std::size_t>(rows - 1));
  std::iota(kept.begin(), kept.end(), 1);
  std::vector<double> left_out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
    left_out.push_back(statistic(kept));
    if (i < kept.size()) kept[i] = static_cast<std::int64_t>(i);
  }
  return left_out;
}

std::optional<Interval> percentile_interval(std::span<const double> replicates, double level) {
  check_level(level);
  if (replicates.empty()) return std::nullopt;
  return Interval{*quantile(replicates, 0.5 - level / 2), *quantile(replicates, 0.5 + level / 2)};
}

std::optional<Interval> bca_interval(double estimate, std::span<const double> replicates,
                                     std::span<const double> jackknifed, double level) {
  check_level(level);
  check_finite(replicates);
  check_finite(jackknifed);
  check_finite(std::vector{estimate});
  if (replicates.empty() || jackknifed.empty()) return std::nullopt;
  double below = 0;
  for (const double x : replicates) below += x < estimate ? 1 : x == estimate ? 0.5 : 0;
  const double share = below / static_cast<double>(replicates.size());
  double squares = 0, cubes = 0;
  const double center = *mean(jackknifed);
  for (const double x : jackknifed) {
    squares += (center - x) * (center - x);
    cubes += (center - x) * (center - x) * (center - x);
  }
  if (!(share > 0 && share < 1) || squares == 0) return std::nullopt;
  const double bias = normal_quantile(share);
  const double acceleration = cubes / (6 * std::pow(squares, 1.5));
  const auto corrected = [&](double probability) {
    const double z = bias + normal_quantile(probability);
    return normal_cumulative(bias + z / (1 - acceleration * z));
  };
  return Interval{*quantile(replicates, corrected(0.5 - level / 2)),
                  *quantile(replicates, corrected(0.5 + level / 2))};
}

std::optional<Interval> bootstrap_interval(std::span<const double> values,
                                           std::span<const std::int64_t> clusters,
                                           std::uint64_t seed, double level) {
  return interval_of(mean_of(values), values.size(), clusters, seed, level);
}

std::optional<Interval> weighted_bootstrap_interval(std::span<const double> values,
                                                    std::span<const double> weights,
                                                    std::span<const std::int64_t> clusters,
                                                    std::uint64_t seed, double level) {
  return interval_of(weighted_mean_of(values, weights), values.size(), clusters, seed, level);
}

std::optional<Interval> crossed_bootstrap_interval(std::span<const double> values,
                                                   std::int64_t seeds, std::uint64_t seed,
                                                   double level) {
  const Statistic statistic = mean_of(values);
  if (seeds < 1 || size(values) % seeds != 0)
    throw std::invalid_argument(fmt::format("{} scores of {} seeds", values.size(), seeds));
  const std::int64_t prompts = size(values) / seeds;
  if (prompts < 2 || seeds < 2) return std::nullopt;
  return percentile_interval(
      bootstrap(kResamples, resample_crossed(prompts, seeds, seed), statistic), level);
}

}  // namespace lidit
