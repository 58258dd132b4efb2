// Do two measures put the same things in the same order.
#pragma once
#include <optional>
#include <span>

namespace lidit {

/// Kendall's tau-b: 1 the same order, -1 the reverse, 0 neither. Needs two pairs, and two different
/// values on either side.
std::optional<double> kendall_tau_b(std::span<const double> a, std::span<const double> b);

struct RankCorrelation {
  double tau;  // tau-b
  /// Two-sided, exact, of "every order is as likely". Without a value where there are ties, of
  /// which the exact distribution is another one.
  std::optional<double> p;
};
/// With its p, of which the time grows with the fourth power of the number of things: for tens.
std::optional<RankCorrelation> kendall_tau(std::span<const double> a, std::span<const double> b);

}  // namespace lidit
