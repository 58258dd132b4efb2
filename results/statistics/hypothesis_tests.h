// Is there a difference; and, which is another question, is there none worth speaking of.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "results/statistics/interval.h"

namespace lidit {

/// a - b of each pair; a difference that is within rounding of its terms is none.
/// std::invalid_argument for what is not finite or has no partner.
std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b);

/// a - b on the same prompts or seeds. Differences that are all the same, to within rounding, have
/// no spread to measure them by: no error, no interval and no t test.
struct PairedDifference {
  double difference;
  std::optional<double> standard_error;  // of the paired differences
  std::optional<Interval> interval;      // by t
  std::optional<double> t_test_p;  // two-sided: below 1 - level where the interval leaves 0 out
  double sign_flip_p;              // two-sided; of n pairs never below 2^(1-n)
  std::int64_t pairs;
};
/// Needs two pairs.
std::optional<PairedDifference> paired_difference(std::span<const double> a,
                                                  std::span<const double> b, std::uint64_t seed,
                                                  double level = 0.95);

/// Two-sided p of "the differences are symmetric about 0", by the sum with signs flipped: over all
/// patterns where these are at most `flips` (13 differences at the default), else over that many
/// random ones, (1 + #{|D_b| >= |D|}) / (B + 1). Images of one prompt go in as their sum.
std::optional<double> sign_flip_test(std::span<const double> differences, std::uint64_t seed,
                                     std::int64_t flips = 10'000);
/// The same of a macro mean: every stratum (task) counts alike, whatever its size.
std::optional<double> stratified_sign_flip_test(std::span<const double> differences,
                                                std::span<const std::int64_t> strata,
                                                std::uint64_t seed, std::int64_t flips = 10'000);

/// p of "the mean difference is at least `margin` from 0" by two one-sided t tests (TOST): small
/// when the two are equivalent. Needs margin > 0, and two pairs that do not differ by the same.
std::optional<double> equivalence_test(std::span<const double> differences, double margin);

/// Two-sided exact p of "either side is as likely": wins and losses without ties. Needs one.
std::optional<double> sign_test(std::int64_t wins, std::int64_t losses);
/// McNemar's exact test: sign_test on the pairs that differ. Scores are 0 or 1, one a prompt;
/// without a pair that differs p is 1. Needs one pair.
std::optional<double> mcnemar_test(std::span<const double> a, std::span<const double> b);

/// Holm's adjusted p of a family, in the order given.
std::vector<double> holm(std::span<const double> p);

}  // namespace lidit
