// Do two measures put the same things in the same order.
#pragma once
#include <optional>
#include <span>

namespace lidit {

struct RankCorrelation {
  double tau;  // Kendall's tau-b: 1 the same order, -1 the reverse, 0 neither
  /// Two-sided, exact, of "every order is as likely". Without a value where there are ties, of
  /// which the exact distribution is another one.
  std::optional<double> p;
};
/// Needs two pairs, and two different values on either side.
std::optional<RankCorrelation> kendall_tau(std::span<const double> a, std::span<const double> b);

}  // namespace lidit
