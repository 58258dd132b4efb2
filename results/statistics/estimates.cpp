#include "results/statistics/estimates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "results/statistics/checks.h"
#include "results/statistics/distributions.h"

namespace lidit {
namespace {

Interval around(double center, double half_width) {
  return {center - half_width, center + half_width};
}

double count_of(std::span<const double> values) { return static_cast<double>(values.size()); }

std::int64_t count_distinct(std::span<const std::int64_t> clusters) {
  std::vector<std::int64_t> sorted(clusters.begin(), clusters.end());
  std::ranges::sort(sorted);
  return std::ranges::unique(sorted).begin() - sorted.begin();
}

/// One number for each pair of a row and a column.
std::vector<std::int64_t> both(std::span<const std::int64_t> rows,
                               std::span<const std::int64_t> columns) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> numbers;
  std::vector<std::int64_t> clusters;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto next = static_cast<std::int64_t>(numbers.size());
    clusters.push_back(numbers.try_emplace({rows[i], columns[i]}, next).first->second);
  }
  return clusters;
}

}  // namespace

std::optional<double> mean(std::span<const double> values) {
  check_finite(values);
  if (values.empty()) return std::nullopt;
  return std::accumulate(values.begin(), values.end(), 0.0) / count_of(values);
}

std::optional<double> variance(std::span<const double> values) {
  check_finite(values);
  if (values.size() < 2) return std::nullopt;
  const double center = *mean(values);
  double squares = 0;
  for (const double x : values) squares += (x - center) * (x - center);
  return squares / (count_of(values) - 1);
}

std::optional<double> quantile(std::span<const double> values, double level) {
  check_finite(values);
  if (!(level >= 0 && level <= 1))
    throw std::invalid_argument(fmt::format("a quantile at {}", level));
  if (values.empty()) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double place = level * (count_of(values) - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

std::optional<double> standard_error(std::span<const double> values) {
  const auto spread = variance(values);
  if (!spread) return std::nullopt;
  return std::sqrt(*spread / count_of(values));
}

std::optional<double> clustered_standard_error(std::span<const double> values,
                                               std::span<const std::int64_t> clusters) {
  check_equal(values.size(), clusters.size(), "clusters");
  const auto center = mean(values);
  std::map<std::int64_t, double> sums;
  for (std::size_t i = 0; i < values.size(); ++i) sums[clusters[i]] += values[i] - *center;
  if (sums.size() < 2) return std::nullopt;
  double squares = 0;
  for (const auto& [cluster, deviation] : sums) squares += deviation * deviation;
  const auto count = static_cast<double>(sums.size());
  return std::sqrt(squares * count / (count - 1)) / count_of(values);
}

std::optional<double> two_way_clustered_standard_error(std::span<const double> values,
                                                       std::span<const std::int64_t> rows,
                                                       std::span<const std::int64_t> columns) {
  const auto by_row = clustered_standard_error(values, rows);
  const auto by_column = clustered_standard_error(values, columns);
  if (!by_row || !by_column) return std::nullopt;
  const double by_both = *clustered_standard_error(values, both(rows, columns));
  const double two_way = *by_row * *by_row + *by_column * *by_column - by_both * by_both;
  return std::sqrt(std::max({two_way, *by_row * *by_row, *by_column * *by_column}));
}

std::optional<Interval> t_interval(std::span<const double> values, double level) {
  check_level(level);
  const auto error = standard_error(values);
  if (!error) return std::nullopt;
  return t_interval(MeanWithError{*mean(values), *error}, count_of(values) - 1, level);
}

std::optional<Interval> clustered_t_interval(std::span<const double> values,
                                             std::span<const std::int64_t> clusters, double level) {
  check_level(level);
  const auto error = clustered_standard_error(values, clusters);
  if (!error) return std::nullopt;
  const auto df = static_cast<double>(count_distinct(clusters) - 1);
  return t_interval(MeanWithError{*mean(values), *error}, df, level);
}

std::optional<Interval> wilson_interval(std::int64_t successes, std::int64_t trials, double level) {
  check_level(level);
  if (successes < 0 || successes > trials)
    throw std::invalid_argument(fmt::format("{} successes in {} trials", successes, trials));
  if (trials == 0) return std::nullopt;
  const double z = normal_quantile(0.5 + level / 2), n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n, scale = 1 + z * z / n;
  const double center = (p + z * z / (2 * n)) / scale;
  const double half_width = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
  return Interval{std::max(0.0, center - half_width), std::min(1.0, center + half_width)};
}

std::optional<Interval> proportion_interval(std::int64_t successes, std::int64_t trials,
                                            double level) {
  const auto wilson = wilson_interval(successes, trials, level);
  if (!wilson || (successes != 0 && successes != trials)) return wilson;
  const double bound = std::min(1.0, -std::log(1 - level) / static_cast<double>(trials));
  return successes == 0 ? Interval{0, bound} : Interval{1 - bound, 1};
}

std::optional<MeanWithError> macro_mean(std::span<const MeanWithError> tasks) {
  if (tasks.empty()) return std::nullopt;
  double total = 0, squares = 0;
  for (const auto& [task_mean, error] : tasks) {
    check_finite(std::vector{task_mean, error});
    total += task_mean;
    squares += error * error;
  }
  const auto count = static_cast<double>(tasks.size());
  return MeanWithError{total / count, std::sqrt(squares) / count};
}

Interval t_interval(const MeanWithError& estimate, double degrees_of_freedom, double level) {
  check_level(level);
  check_finite(std::vector{estimate.mean, estimate.standard_error});
  if (!(degrees_of_freedom > 0))
    throw std::invalid_argument(fmt::format("{} degrees of freedom", degrees_of_freedom));
  return around(estimate.mean,
                estimate.standard_error * t_quantile(0.5 + level / 2, degrees_of_freedom));
}

Interval normal_interval(const MeanWithError& estimate, double level) {
  check_level(level);
  check_finite(std::vector{estimate.mean, estimate.standard_error});
  return around(estimate.mean, estimate.standard_error * normal_quantile(0.5 + level / 2));
}

}  // namespace lidit
