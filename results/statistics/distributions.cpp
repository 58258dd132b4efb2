#include "results/statistics/distributions.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <unsupported/Eigen/SpecialFunctions>

namespace lidit {
namespace {

void check_probability(double probability) {
  if (!(probability > 0 && probability < 1))
    throw std::invalid_argument(fmt::format("a quantile at {}", probability));
}

/// The regularised incomplete beta function.
double beta_cumulative(double a, double b, double x) {
  using Scalar = Eigen::Array<double, 1, 1>;
  return Eigen::betainc(Scalar(a), Scalar(b), Scalar(x))(0);
}

/// P(|T| > t) for t >= 0: I_x(df / 2, 1 / 2) at x = df / (df + t^2).
double t_both_tails(double t, double df) { return beta_cumulative(df / 2, 0.5, df / (df + t * t)); }

}  // namespace

double normal_quantile(double probability) {
  check_probability(probability);
  return Eigen::numext::ndtri(probability);
}

double normal_cumulative(double z) {
  if (std::isnan(z)) throw std::invalid_argument("the normal distribution at NaN");
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

double binomial_cumulative(std::int64_t successes, std::int64_t trials, double probability) {
  check_probability(probability);
  if (successes < 0 || successes > trials)
    throw std::invalid_argument(fmt::format("{} successes in {} trials", successes, trials));
  if (successes == trials) return 1;
  return beta_cumulative(static_cast<double>(trials - successes),
                         static_cast<double>(successes + 1), 1 - probability);
}

double t_cumulative(double t, double df) {
  if (!(df > 0) || std::isnan(t))
    throw std::invalid_argument(fmt::format("Student's t of {} with {} degrees", t, df));
  if (std::isinf(t)) return t > 0 ? 1 : 0;
  const double tail = t_both_tails(std::abs(t), df) / 2;
  return t > 0 ? 1 - tail : tail;
}

double t_quantile(double probability, double df) {
  check_probability(probability);
  if (!(df > 0)) throw std::invalid_argument(fmt::format("Student's t with {} degrees", df));
  if (probability == 0.5) return 0;
  if (probability < 0.5) return -t_quantile(1 - probability, df);
  const double tails = 2 * (1 - probability);
  double low = 0, high = 1;
  while (t_both_tails(high, df) > tails) high *= 2;
  while (true) {  // to the last bit: about 55 halvings
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) return middle;
    (t_both_tails(middle, df) > tails ? low : high) = middle;
  }
}

}  // namespace lidit
