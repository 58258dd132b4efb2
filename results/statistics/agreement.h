// Do raters say the same of the same thing.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace lidit {

/// What one rater gave one unit (a prompt's image, a pair of images).
struct Rating {
  std::int64_t unit, rater;
  double value;
};

/// How far apart two values are.
enum class RatingScale {
  nominal,   // the same or not
  interval,  // squared difference
};

/// Krippendorff's alpha: 1 - observed / expected disagreement; 1 is perfect, 0 is chance. Units
/// with one rating say nothing. Needs a unit with two ratings and two different values among them.
/// A rater who rates a unit twice is a std::invalid_argument.
std::optional<double> krippendorff_alpha(std::span<const Rating> ratings, RatingScale scale);

}  // namespace lidit
