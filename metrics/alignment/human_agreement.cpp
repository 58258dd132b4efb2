#include "metrics/alignment/human_agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

void check_lengths(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size())
    throw std::logic_error(fmt::format("{} scores beside {}", a.size(), b.size()));
}

}  // namespace

std::optional<double> pearson(std::span<const double> a, std::span<const double> b) {
  check_lengths(a, b);
  const auto mean_a = mean(a), mean_b = mean(b), spread_a = variance(a), spread_b = variance(b);
  if (!spread_a || !(*spread_a > 0) || !(*spread_b > 0)) return std::nullopt;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) products += (a[i] - *mean_a) * (b[i] - *mean_b);
  return products / static_cast<double>(a.size() - 1) / std::sqrt(*spread_a * *spread_b);
}

std::optional<double> pairwise_accuracy(std::span<const double> judge,
                                        std::span<const double> human) {
  check_lengths(judge, human);
  // What raising the threshold past a pair's difference gains: a tie of humans +1, an order that
  // was right -1.
  std::vector<std::pair<double, int>> gains;
  std::int64_t right = 0;  // at a threshold below every difference: no pair is a tie
  for (std::size_t i = 0; i < judge.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      const double of_judge = judge[i] - judge[k], of_human = human[i] - human[k];
      const bool agrees = of_judge * of_human > 0;
      right += agrees;
      gains.emplace_back(std::abs(of_judge), of_human == 0 ? 1 : agrees ? -1 : 0);
    }
  if (gains.empty()) return std::nullopt;
  std::ranges::sort(gains);
  std::int64_t best = 0, now = right;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    now += gains[i].second;
    const bool last_of_its_difference =
        i + 1 == gains.size() || gains[i + 1].first != gains[i].first;
    if (!last_of_its_difference) continue;
    best = std::max(best, now);
  }
  // Equal scores are a tie at every threshold, so "no pair is a tie" counts only without them.
  if (gains.front().first > 0) best = std::max(best, right);
  return static_cast<double>(best) / static_cast<double>(gains.size());
}

}  // namespace lidit::benchmarks
