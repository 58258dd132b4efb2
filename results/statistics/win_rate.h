// How often people prefer one system to another.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "results/statistics/interval.h"

namespace lidit {

enum class Preference { loss, tie, win };
/// What one rater said of the two images of one prompt.
struct Judgement {
  std::int64_t prompt, rater;
  Preference preference;
};

struct WinRate {
  std::int64_t wins, ties, losses;  // judgements
  std::int64_t prompts, raters;     // distinct
  double rate;                      // a tie is half a win
  /// Clustered by prompt and, where there are two raters or more, by rater too; needs two prompts.
  std::optional<double> standard_error;
  /// By t with one degree less than there are clusters of the rarer kind. Where every judgement is
  /// a win or every one a loss it is the rule of three over prompts; of nothing but ties there is
  /// none, nor of a single prompt.
  std::optional<Interval> interval;
  /// Sign test over the prompts that have more wins than losses or fewer; 1 where there are none.
  double sign_test_p;
};

/// Needs one judgement. A rater who judges a prompt twice is a std::invalid_argument.
std::optional<WinRate> win_rate(std::span<const Judgement> judgements, double level = 0.95);

}  // namespace lidit
