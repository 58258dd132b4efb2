#include "results/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include "results/philox.h"

namespace lidit {
namespace {

void check_finite(std::span<const double> values) {
  for (const double x : values)
    if (!std::isfinite(x)) throw std::invalid_argument(fmt::format("a statistic of {}", x));
}

void check_level(double level) {
  if (!(level > 0 && level < 1)) throw std::invalid_argument(fmt::format("a level of {}", level));
}

void check_equal(std::size_t a, std::size_t b, std::string_view what) {
  if (a != b) throw std::invalid_argument(fmt::format("{} values and {} {}", a, b, what));
}

double sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::int64_t size(std::span<const double> values) {
  return static_cast<std::int64_t>(values.size());
}

Interval around(double center, double half_width) {
  return {center - half_width, center + half_width};
}

double t_half_width(double error, std::size_t n, double level) {
  return error * t_quantile(0.5 + level / 2, static_cast<double>(n) - 1);
}

}  // namespace

std::optional<double> mean(std::span<const double> values) {
  check_finite(values);
  if (values.empty()) return std::nullopt;
  return sum(values) / static_cast<double>(values.size());
}

std::optional<double> variance(std::span<const double> values) {
  check_finite(values);
  if (values.size() < 2) return std::nullopt;
  const double center = *mean(values);
  double squares = 0;
  for (const double x : values) squares += (x - center) * (x - center);
  return squares / static_cast<double>(values.size() - 1);
}

std::optional<double> quantile(std::span<const double> values, double level) {
  check_finite(values);
  if (!(level >= 0 && level <= 1))
    throw std::invalid_argument(fmt::format("a quantile at {}", level));
  if (values.empty()) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double place = level * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

std::optional<double> standard_error(std::span<const double> values) {
  const auto spread = variance(values);
  if (!spread) return std::nullopt;
  return std::sqrt(*spread / static_cast<double>(values.size()));
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
  return std::sqrt(squares * count / (count - 1)) / static_cast<double>(values.size());
}

std::optional<Interval> t_interval(std::span<const double> values, double level) {
  check_level(level);
  const auto error = standard_error(values);
  if (!error) return std::nullopt;
  return around(*mean(values), t_half_width(*error, values.size(), level));
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

Resampling resample_rows(std::uint64_t seed) {
  return [seed](std::int64_t number, std::span<std::int64_t> drawn) {
    Philox random(seed, "bootstrap", static_cast<std::uint64_t>(number));
    for (std::int64_t& row : drawn) row = static_cast<std::int64_t>(random.below(drawn.size()));
  };
}

Resampling resample_clusters(std::span<const std::int64_t> clusters, std::uint64_t seed) {
  std::map<std::int64_t, std::vector<std::int64_t>> by_cluster;
  for (std::size_t i = 0; i < clusters.size(); ++i)
    by_cluster[clusters[i]].push_back(static_cast<std::int64_t>(i));
  std::vector<std::vector<std::int64_t>> members;
  for (auto& [cluster, rows] : by_cluster) members.push_back(std::move(rows));
  return [members = std::move(members), seed](std::int64_t number, std::span<std::int64_t> drawn) {
    Philox random(seed, "cluster bootstrap", static_cast<std::uint64_t>(number));
    auto next = drawn.begin();
    for (const auto& replaced : members) {
      const auto& rows = members[random.below(members.size())];
      for (std::size_t i = 0; i < replaced.size(); ++i) *next++ = rows[random.below(rows.size())];
    }
  };
}

std::vector<double> bootstrap(std::int64_t rows, std::int64_t resamples,
                              const Resampling& resampling, const Statistic& statistic) {
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(rows));
  std::vector<double> replicates;
  for (std::int64_t number = 0; number < resamples; ++number) {
    resampling(number, drawn);
    replicates.push_back(statistic(drawn));
  }
  return replicates;
}

std::optional<Interval> percentile_interval(std::span<const double> replicates, double level) {
  check_level(level);
  if (replicates.empty()) return std::nullopt;
  return Interval{*quantile(replicates, 0.5 - level / 2), *quantile(replicates, 0.5 + level / 2)};
}

std::optional<Interval> bootstrap_interval(std::span<const double> values,
                                           std::span<const std::int64_t> clusters,
                                           std::uint64_t seed, double level) {
  constexpr std::int64_t kResamples = 10'000;
  check_finite(values);
  if (!clusters.empty()) check_equal(values.size(), clusters.size(), "clusters");
  if (values.size() < 2) return std::nullopt;
  const auto drawn_mean = [&](std::span<const std::int64_t> drawn) {
    double total = 0;
    for (const std::int64_t row : drawn) total += values[static_cast<std::size_t>(row)];
    return total / static_cast<double>(drawn.size());
  };
  const Resampling resampling =
      clusters.empty() ? resample_rows(seed) : resample_clusters(clusters, seed);
  return percentile_interval(bootstrap(size(values), kResamples, resampling, drawn_mean), level);
}

std::optional<PairedDifference> paired_difference(std::span<const double> a,
                                                  std::span<const double> b, std::uint64_t seed,
                                                  double level) {
  check_level(level);
  check_equal(a.size(), b.size(), "partners");
  std::vector<double> differences(a.size());
  std::ranges::transform(a, b, differences.begin(), std::minus());
  const auto error = standard_error(differences);
  if (!error) return std::nullopt;
  const double center = *mean(differences);
  return PairedDifference{center, *error,
                          around(center, t_half_width(*error, differences.size(), level)),
                          *sign_flip_test(differences, seed)};
}

std::optional<double> sign_flip_test(std::span<const double> differences, std::uint64_t seed,
                                     std::int64_t flips) {
  check_finite(differences);
  if (flips < 1) throw std::invalid_argument(fmt::format("a test with {} flips", flips));
  if (differences.empty()) return std::nullopt;
  double magnitude = 0;
  for (const double d : differences) magnitude += std::abs(d);
  // Sums that are equal on paper differ by rounding; they count as equal.
  const double observed = std::abs(sum(differences)) - 1e-12 * magnitude;
  std::int64_t extreme = 0;
  for (std::int64_t flip = 0; flip < flips; ++flip) {
    Philox random(seed, "sign flips", static_cast<std::uint64_t>(flip));
    double total = 0;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      bits = i % 32 == 0 ? random.next() : bits >> 1;
      total += bits & 1 ? differences[i] : -differences[i];
    }
    extreme += std::abs(total) >= observed;
  }
  return static_cast<double>(1 + extreme) / static_cast<double>(flips + 1);
}

std::optional<double> equivalence_test(std::span<const double> differences, double margin) {
  if (!(margin > 0)) throw std::invalid_argument(fmt::format("a margin of {}", margin));
  const auto error = standard_error(differences);
  if (!error) return std::nullopt;
  const double distance = margin - std::abs(*mean(differences));
  if (*error == 0) return distance > 0 ? 0.0 : 1.0;
  return 1 - t_cumulative(distance / *error, static_cast<double>(differences.size()) - 1);
}

std::vector<double> holm(std::span<const double> p) {
  check_finite(p);
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p[i]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, p[order[rank]] * static_cast<double>(p.size() - rank));
    adjusted[order[rank]] = std::min(1.0, largest);
  }
  return adjusted;
}

}  // namespace lidit
