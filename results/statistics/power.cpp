#include "results/statistics/power.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "results/statistics/checks.h"
#include "results/statistics/distributions.h"

namespace lidit {
namespace {

bool is_variance(double x) { return x >= 0 && std::isfinite(x); }

}  // namespace

double standard_error(const PairedDesign& design) {
  if (design.prompts < 1 || design.images_a < 1 || design.images_b < 1)
    throw std::invalid_argument(fmt::format("a design of {} prompts with {} and {} images",
                                            design.prompts, design.images_a, design.images_b));
  if (!is_variance(design.difference_variance) || !is_variance(design.within_a) ||
      !is_variance(design.within_b))
    throw std::invalid_argument(fmt::format("a design with variances of {}, {} and {}",
                                            design.difference_variance, design.within_a,
                                            design.within_b));
  return std::sqrt((design.difference_variance +
                    design.within_a / static_cast<double>(design.images_a) +
                    design.within_b / static_cast<double>(design.images_b)) /
                   static_cast<double>(design.prompts));
}

double minimum_detectable_effect(const PairedDesign& design, double alpha, double power) {
  check_level(alpha);
  check_level(power);
  return (normal_quantile(1 - alpha / 2) + normal_quantile(power)) * standard_error(design);
}

double minimum_detectable_effect(double standard_error, double degrees_of_freedom, double alpha,
                                 double power) {
  check_level(alpha);
  check_level(power);
  if (!(standard_error >= 0 && std::isfinite(standard_error)))
    throw std::invalid_argument(fmt::format("a standard error of {}", standard_error));
  return (t_quantile(1 - alpha / 2, degrees_of_freedom) + t_quantile(power, degrees_of_freedom)) *
         standard_error;
}

}  // namespace lidit
