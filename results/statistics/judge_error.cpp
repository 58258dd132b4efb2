#include "results/statistics/judge_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "results/statistics/checks.h"

namespace lidit {
namespace {

struct Rate {
  double value, variance;
};

/// A judge that never erred in the sample may err elsewhere: where p (1 - p) is 0 the variance is
/// that of (k + 1) / (n + 2).
Rate make_rate(std::int64_t successes, std::int64_t trials) {
  const auto k = static_cast<double>(successes), n = static_cast<double>(trials);
  const double p = successes == 0 || successes == trials ? (k + 1) / (n + 2) : k / n;
  return {k / n, p * (1 - p) / n};
}

void check_counts(std::int64_t successes, std::int64_t trials) {
  if (successes < 0 || successes > trials)
    throw std::invalid_argument(fmt::format("{} right of {} labelled images", successes, trials));
}

}  // namespace

std::optional<CorrectedRate> correct_for_judge(const MeanWithError& observed,
                                               const JudgeAudit& audit, double level) {
  check_level(level);
  check_finite(std::vector{observed.mean, observed.standard_error});
  check_counts(audit.true_positives, audit.positives);
  check_counts(audit.true_negatives, audit.negatives);
  if (audit.positives == 0 || audit.negatives == 0) return std::nullopt;
  const Rate sensitivity = make_rate(audit.true_positives, audit.positives);
  const Rate specificity = make_rate(audit.true_negatives, audit.negatives);
  const double better_than_chance = sensitivity.value + specificity.value - 1;
  if (!(better_than_chance > 0)) return std::nullopt;
  const double rate = (observed.mean + specificity.value - 1) / better_than_chance;
  const double error = std::sqrt(observed.standard_error * observed.standard_error +
                                 (1 - rate) * (1 - rate) * specificity.variance +
                                 rate * rate * sensitivity.variance) /
                       better_than_chance;
  const Interval interval = normal_interval({rate, error}, level);
  return CorrectedRate{
      .rate = std::clamp(rate, 0.0, 1.0),
      .standard_error = error,
      .interval = {std::clamp(interval.low, 0.0, 1.0), std::clamp(interval.high, 0.0, 1.0)},
      .sensitivity = sensitivity.value,
      .specificity = specificity.value};
}

}  // namespace lidit
