#include "harness/training/learning_rate.h"

#include <cmath>
#include <numbers>

namespace lidit {

double learning_rate_factor(std::int64_t step, std::int64_t warmup, std::int64_t steps) {
  if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
  const double done = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
  return 0.5 * (1 + std::cos(std::numbers::pi * done));
}

}  // namespace lidit
