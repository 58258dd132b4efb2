// Scores of two systems on the same seeds, told apart or not.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/statistics/hypothesis_tests.h"

namespace lidit {

/// Scores, as fractions, that differ by less than this are no different for any purpose here.
inline constexpr double kEquivalenceMargin = 0.03;
/// From so many pairs on an interval by t says something: with two it is 6.4 times as wide as the
/// differences are apart.
inline constexpr std::size_t kPairsOfAnInterval = 3;

/// What a comparison shows at 5 %, with p adjusted for its family.
enum class Verdict {
  higher,
  lower,
  equivalent,  // the equivalence test (TOST) says so: the only way to "no difference"
  undecided,   // inside the noise: neither a difference nor its absence is shown
  no_spread,   // the same difference in every pair: nothing to measure it by, so no test
};
/// "higher", "lower", "no difference (within 3 points)", "inside the noise", "no spread: no claim".
std::string describe(Verdict verdict);

struct PairedScores {
  std::vector<double> a, b;  // by seed, in the same order
  /// In the unit of the scores; without it nothing is ever called equivalent.
  std::optional<double> margin = kEquivalenceMargin;
};

struct Comparison {
  PairedDifference paired;
  std::optional<double> adjusted_p;  // Holm, over the family; without spread none, like those below
  std::optional<double> detectable;  // the least true difference found with a power of 80 %
  std::optional<double> equivalence;  // p of the equivalence test; Holm-adjusted like adjusted_p
  Verdict verdict;
};
/// Of each of a family of pairings; nothing for those with fewer than kPairsOfAnInterval pairs,
/// which do not count in the family, and neither do pairs without spread.
std::vector<std::optional<Comparison>> compare(std::span<const PairedScores> family);

}  // namespace lidit
