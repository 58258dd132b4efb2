#include "results/statistics/hypothesis_tests.h"

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

constexpr double kRounding = 1e-12;  // of a difference, as a part of its terms

/// The standard error; nothing where all differences are the same but for what rounding leaves of
/// numbers as large as `terms`.
std::optional<double> error_of(std::span<const double> differences, double terms) {
  const auto error = standard_error(differences);
  return error && *error > kRounding * terms ? error : std::nullopt;
}

double largest(std::span<const double> values) {
  double size = 0;
  for (const double x : values) size = std::max(size, std::abs(x));
  return size;
}

/// Sums that are equal on paper differ by rounding; they count as equal.
double threshold(std::span<const double> differences) {
  double magnitude = 0;
  for (const double d : differences) magnitude += std::abs(d);
  return std::abs(std::accumulate(differences.begin(), differences.end(), 0.0)) -
         kRounding * magnitude;
}

/// The share of all 2^n patterns of signs whose sum is at least as far from 0.
double all_flips(std::span<const double> differences) {
  const double observed = threshold(differences);
  const std::uint64_t patterns = std::uint64_t{1} << differences.size();
  std::int64_t extreme = 0;
  for (std::uint64_t pattern = 0; pattern < patterns; ++pattern) {
    double total = 0;
    for (std::size_t i = 0; i < differences.size(); ++i)
      total += pattern >> i & 1 ? differences[i] : -differences[i];
    extreme += std::abs(total) >= observed;
  }
  return static_cast<double>(extreme) / static_cast<double>(patterns);
}

double random_flips(std::span<const double> differences, std::uint64_t seed, std::int64_t flips) {
  const double observed = threshold(differences);
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

}  // namespace

std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b) {
  check_finite(a);
  check_finite(b);
  check_equal(a.size(), b.size(), "partners");
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = a[i] - b[i];
    const bool is_rounding = std::abs(d) <= kRounding * std::max(std::abs(a[i]), std::abs(b[i]));
    differences.push_back(is_rounding ? 0 : d);
  }
  return differences;
}

std::optional<PairedDifference> paired_difference(std::span<const double> a,
                                                  std::span<const double> b, std::uint64_t seed,
                                                  double level) {
  check_level(level);
  const std::vector<double> differences = paired_differences(a, b);
  if (differences.size() < 2) return std::nullopt;
  PairedDifference found{.difference = *mean(differences),
                         .standard_error = error_of(differences, std::max(largest(a), largest(b))),
                         .interval = {},
                         .t_test_p = {},
                         .sign_flip_p = *sign_flip_test(differences, seed),
                         .pairs = std::ssize(differences)};
  if (found.standard_error) {
    const auto df = static_cast<double>(found.pairs - 1);
    found.interval = t_interval(differences, level);
    found.t_test_p = 2 * t_cumulative(-std::abs(found.difference) / *found.standard_error, df);
  }
  return found;
}

std::optional<double> sign_flip_test(std::span<const double> differences, std::uint64_t seed,
                                     std::int64_t flips) {
  check_finite(differences);
  if (flips < 1) throw std::invalid_argument(fmt::format("a test with {} flips", flips));
  if (differences.empty()) return std::nullopt;
  const bool few = differences.size() < 63 && (std::int64_t{1} << differences.size()) <= flips;
  return few ? all_flips(differences) : random_flips(differences, seed, flips);
}

std::optional<double> stratified_sign_flip_test(std::span<const double> differences,
                                                std::span<const std::int64_t> strata,
                                                std::uint64_t seed, std::int64_t flips) {
  check_equal(differences.size(), strata.size(), "strata");
  std::map<std::int64_t, double> counts;
  for (const std::int64_t stratum : strata) ++counts[stratum];
  std::vector<double> weighted;
  for (std::size_t i = 0; i < differences.size(); ++i)
    weighted.push_back(differences[i] / counts.at(strata[i]));
  return sign_flip_test(weighted, seed, flips);
}

std::optional<double> equivalence_test(std::span<const double> differences, double margin) {
  if (!(margin > 0 && std::isfinite(margin)))
    throw std::invalid_argument(fmt::format("a margin of {}", margin));
  const auto error = error_of(differences, largest(differences));
  if (!error) return std::nullopt;
  const double distance = margin - std::abs(*mean(differences));
  return t_cumulative(-distance / *error, static_cast<double>(differences.size()) - 1);
}

std::optional<double> sign_test(std::int64_t wins, std::int64_t losses) {
  if (wins < 0 || losses < 0)
    throw std::invalid_argument(fmt::format("{} wins and {} losses", wins, losses));
  if (wins + losses == 0) return std::nullopt;
  return std::min(1.0, 2 * binomial_cumulative(std::min(wins, losses), wins + losses, 0.5));
}

std::optional<double> mcnemar_test(std::span<const double> a, std::span<const double> b) {
  check_equal(a.size(), b.size(), "partners");
  std::int64_t only_a = 0, only_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (const double score : {a[i], b[i]})
      if (!(score == 0 || score == 1))
        throw std::invalid_argument(fmt::format("McNemar's test of a score of {}", score));
    only_a += a[i] > b[i];
    only_b += b[i] > a[i];
  }
  if (a.empty()) return std::nullopt;
  return sign_test(only_a, only_b).value_or(1);
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
