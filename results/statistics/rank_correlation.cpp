#include "results/statistics/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "results/statistics/checks.h"

namespace lidit {
namespace {

int sign_of(double x) { return (x > 0) - (x < 0); }

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

std::optional<RankCorrelation> kendall_tau(std::span<const double> a, std::span<const double> b) {
  check_finite(a);
  check_finite(b);
  check_equal(a.size(), b.size(), "ranks");
  std::int64_t same = 0, reversed = 0, tied_a = 0, tied_b = 0, pairs = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      const int in_a = sign_of(a[i] - a[k]), in_b = sign_of(b[i] - b[k]);
      ++pairs;
      tied_a += in_a == 0;
      tied_b += in_b == 0;
      same += in_a * in_b > 0;
      reversed += in_a * in_b < 0;
    }
  if (pairs == tied_a || pairs == tied_b) return std::nullopt;
  // One square root, not two: it is exact where nothing is tied.
  const double scale =
      std::sqrt(static_cast<double>(pairs - tied_a) * static_cast<double>(pairs - tied_b));
  RankCorrelation found{.tau = static_cast<double>(same - reversed) / scale, .p = {}};
  if (tied_a == 0 && tied_b == 0) {
    const auto rarer = static_cast<std::size_t>(std::min(same, reversed));
    found.p = std::min(1.0, 2 * share_of_orders(a.size(), rarer));
  }
  return found;
}

}  // namespace lidit
