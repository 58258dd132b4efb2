// What a comparison of this size could have found.
#pragma once
#include <cstdint>

namespace lidit {

/// Two systems on the same prompts, several images of each.
struct PairedDesign {
  std::int64_t prompts;
  double difference_variance;         // omega^2: of the true difference from prompt to prompt
  double within_a = 0, within_b = 0;  // variance between images of one prompt
  std::int64_t images_a = 1, images_b = 1;
};
/// sqrt((omega^2 + sigma_A^2 / K_A + sigma_B^2 / K_B) / n); std::invalid_argument for a design
/// without prompts or images, or with a variance that is negative or not finite.
double standard_error(const PairedDesign& design);

/// The least true difference that a two-sided test of size `alpha` finds with probability `power`:
/// (z(1 - alpha / 2) + z(power)) * standard error of the difference.
double minimum_detectable_effect(const PairedDesign& design, double alpha = 0.05,
                                 double power = 0.8);
/// The same of few pairs, with quantiles of t in place of z (a close approximation of the
/// noncentral t: 5 % too small with 3 pairs, 1 % with 5).
double minimum_detectable_effect(double standard_error, double degrees_of_freedom,
                                 double alpha = 0.05, double power = 0.8);

}  // namespace lidit
