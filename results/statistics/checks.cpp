#include "results/statistics/checks.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace lidit {

void check_finite(std::span<const double> values) {
  for (const double x : values)
    if (!std::isfinite(x)) throw std::invalid_argument(fmt::format("a statistic of {}", x));
}

void check_level(double level) {
  if (!(level > 0 && level < 1)) throw std::invalid_argument(fmt::format("a level of {}", level));
}

void check_equal(std::size_t values, std::size_t others, std::string_view what) {
  if (values != others)
    throw std::invalid_argument(fmt::format("{} values and {} {}", values, others, what));
}

}  // namespace lidit
