// Quantiles and tails of the distributions that intervals and tests need.
#pragma once
#include <cstdint>

namespace lidit {

/// Of Student's t and of the normal distribution; `probability` in (0, 1).
double t_quantile(double probability, double degrees_of_freedom);
double normal_quantile(double probability);
/// P(T <= t) of Student's t.
double t_cumulative(double t, double degrees_of_freedom);
/// P(Z <= z).
double normal_cumulative(double z);
/// P(X <= successes) of a binomial distribution; `probability` in (0, 1).
double binomial_cumulative(std::int64_t successes, std::int64_t trials, double probability);

}  // namespace lidit
