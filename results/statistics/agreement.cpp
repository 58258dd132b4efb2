#include "results/statistics/agreement.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace lidit {
namespace {

using Counts = std::map<double, double>;  // of each value

double distance(double a, double b, RatingScale scale) {
  return scale == RatingScale::nominal ? (a == b ? 0 : 1) : (a - b) * (a - b);
}

/// The sum of distances over all ordered pairs of values.
double disagreement(const Counts& counts, RatingScale scale) {
  double total = 0;
  for (const auto& [a, count_a] : counts)
    for (const auto& [b, count_b] : counts) total += count_a * count_b * distance(a, b, scale);
  return total;
}

double total_of(const Counts& counts) {
  double total = 0;
  for (const auto& [value, count] : counts) total += count;
  return total;
}

std::map<std::int64_t, Counts> counts_by_unit(std::span<const Rating> ratings) {
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  std::map<std::int64_t, Counts> units;
  for (const auto& [unit, rater, value] : ratings) {
    if (!std::isfinite(value)) throw std::invalid_argument(fmt::format("a rating of {}", value));
    if (!seen.emplace(unit, rater).second)
      throw std::invalid_argument(fmt::format("rater {} rates unit {} twice", rater, unit));
    ++units[unit][value];
  }
  return units;
}

}  // namespace

std::optional<double> krippendorff_alpha(std::span<const Rating> ratings, RatingScale scale) {
  Counts all;
  double observed = 0;
  for (const auto& [unit, counts] : counts_by_unit(ratings)) {
    const double raters = total_of(counts);
    if (raters < 2) continue;
    observed += disagreement(counts, scale) / (raters - 1);
    for (const auto& [value, count] : counts) all[value] += count;
  }
  const double expected = disagreement(all, scale);
  if (expected == 0) return std::nullopt;
  return 1 - (total_of(all) - 1) * observed / expected;
}

}  // namespace lidit
