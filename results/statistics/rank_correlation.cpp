#include "results/statistics/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "results/statistics/checks.h"

namespace lidit {
namespace {

int sign_of(double x) { return (x > 0) - (x < 0); }

struct PairCounts {
  std::int64_t same = 0, reversed = 0, tied_a = 0, tied_b = 0, pairs = 0;
};

PairCounts count_pairs(std::span<const double> a, std::span<const double> b) {
  check_finite(a);
  check_finite(b);
  check_equal(a.size(), b.size(), "ranks");
  PairCounts counts;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      const int in_a = sign_of(a[i] - a[k]), in_b = sign_of(b[i] - b[k]);
      ++counts.pairs;
      counts.tied_a += in_a == 0;
      counts.tied_b += in_b == 0;
      counts.same += in_a * in_b > 0;
      counts.reversed += in_a * in_b < 0;
    }
  return counts;
}

std::optional<double> tau_b(const PairCounts& counts) {
  if (counts.pairs == counts.tied_a || counts.pairs == counts.tied_b) return std::nullopt;
  // One square root, not two: it is exact where nothing is tied.
  const double scale = std::sqrt(static_cast<double>(counts.pairs - counts.tied_a) *
                                 static_cast<double>(counts.pairs - counts.tied_b));
  return static_cast<double>(counts.same - counts.reversed) / scale;
}

/// The share of the orders of n things that have at most `count` pairs in the wrong order: the
/// distribution for one thing more is its sum with 0 to n pairs added, each as likely.
double share_of_orders(std::size_t n, std::size_t count) {
  std::vector<double> shares = {1};  // by the number of wrong pairs
  for (std::size_t things = 2; things <= n; ++things) {
    std::vector<double> next(shares.size() + things - 1, 0.0);
    for (std::size_t wrong = 0; wrong < shares.size(); ++wrong)
      for (std::size_t more = 0; more < things; ++more)
        next[wrong + more] += shares[wrong] / static_cast<double>(things);
    shares = std::move(next);
  }
  double total = 0;
  for (std::size_t wrong = 0; wrong <= std::min(count, shares.size() - 1); ++wrong)
    total += shares[wrong];
  return total;
}

}  // namespace

std::optional<double> kendall_tau_b(std::span<const double> a, std::span<const double> b) {
  return tau_b(count_pairs(a, b));
}

std::optional<RankCorrelation> kendall_tau(std::span<const double> a, std::span<const double> b) {
  const PairCounts counts = count_pairs(a, b);
  const std::optional<double> tau = tau_b(counts);
  if (!tau) return std::nullopt;
  RankCorrelation found{.tau = *tau, .p = {}};
  if (counts.tied_a == 0 && counts.tied_b == 0) {
    const auto rarer = static_cast<std::size_t>(std::min(counts.same, counts.reversed));
    found.p = std::min(1.0, 2 * share_of_orders(a.size(), rarer));
  }
  return found;
}

}  // namespace lidit
