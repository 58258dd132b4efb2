#include "results/statistics/bradley_terry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "results/statistics/estimates.h"

namespace lidit {
namespace {

struct Wins {
  std::span<const double> counts;
  std::size_t systems;
  double of(std::size_t i, std::size_t j) const { return counts[i * systems + j]; }
};

Wins check_wins(std::span<const double> counts, std::int64_t systems) {
  if (systems < 1 || static_cast<std::int64_t>(counts.size()) != systems * systems)
    throw std::invalid_argument(fmt::format("{} counts of {} systems", counts.size(), systems));
  const Wins wins{counts, static_cast<std::size_t>(systems)};
  for (std::size_t i = 0; i < wins.systems; ++i)
    for (std::size_t j = 0; j < wins.systems; ++j)
      if (!(wins.of(i, j) >= 0 && std::isfinite(wins.of(i, j))) || (i == j && wins.of(i, j) != 0))
        throw std::invalid_argument(
            fmt::format("system {} beats system {} {} times", i, j, wins.of(i, j)));
  return wins;
}

/// Whether every system has beaten every other, perhaps by way of others (Ford 1957).
bool is_connected(const Wins& wins) {
  for (std::size_t start = 0; start < wins.systems; ++start) {
    std::vector<std::size_t> reached = {start};
    for (std::size_t next = 0; next < reached.size(); ++next)
      for (std::size_t j = 0; j < wins.systems; ++j)
        if (wins.of(reached[next], j) > 0 && std::ranges::find(reached, j) == reached.end())
          reached.push_back(j);
    if (reached.size() < wins.systems) return false;
  }
  return true;
}

/// W_i / sum_j n_ij / (p_i + p_j) for every system.
std::vector<double> improve(const Wins& wins, const std::vector<double>& strengths) {
  std::vector<double> better;
  for (std::size_t i = 0; i < wins.systems; ++i) {
    double won = 0, weight = 0;
    for (std::size_t j = 0; j < wins.systems; ++j) {
      won += wins.of(i, j);
      weight += (wins.of(i, j) + wins.of(j, i)) / (strengths[i] + strengths[j]);
    }
    better.push_back(won / weight);
  }
  return better;
}

/// Logits with mean 0.
std::vector<double> to_logits(const std::vector<double>& strengths) {
  std::vector<double> logits;
  for (const double strength : strengths) logits.push_back(std::log(strength));
  const double center = *mean(logits);
  for (double& logit : logits) logit -= center;
  return logits;
}

}  // namespace

std::optional<std::vector<double>> bradley_terry(std::span<const double> counts,
                                                 std::int64_t systems) {
  constexpr int kSteps = 100'000;
  constexpr double kTolerance = 1e-13;
  const Wins wins = check_wins(counts, systems);
  if (systems < 2 || !is_connected(wins)) return std::nullopt;
  std::vector<double> strengths(wins.systems, 1.0);
  for (int step = 0; step < kSteps; ++step) {
    std::vector<double> better = improve(wins, strengths);
    double change = 0, total = 0;
    for (std::size_t i = 0; i < wins.systems; ++i) {
      change = std::max(change, std::abs(better[i] / strengths[i] - 1));
      total += better[i];
    }
    for (double& strength : better) strength *= static_cast<double>(systems) / total;
    strengths = std::move(better);
    if (change < kTolerance) return to_logits(strengths);
  }
  throw std::invalid_argument("wins so lopsided that no strengths fit them");
}

}  // namespace lidit
