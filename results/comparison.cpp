#include "results/comparison.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "results/statistics/power.h"

namespace lidit {
namespace {

constexpr double kSize = 0.05;

Comparison compare_alone(const PairedScores& scores) {
  const PairedDifference paired = *paired_difference(scores.a, scores.b, 0);
  Comparison found{.paired = paired,
                   .adjusted_p = paired.t_test_p,
                   .detectable = {},
                   .equivalence = {},
                   .verdict = Verdict::undecided};
  if (!paired.standard_error) return found;
  found.detectable =
      minimum_detectable_effect(*paired.standard_error, static_cast<double>(paired.pairs - 1));
  if (scores.margin)
    found.equivalence = equivalence_test(paired_differences(scores.a, scores.b), *scores.margin);
  return found;
}

Verdict judge(const Comparison& found) {
  if (!found.adjusted_p) return Verdict::no_spread;
  if (*found.adjusted_p < kSize)
    return found.paired.difference > 0 ? Verdict::higher : Verdict::lower;
  return found.equivalence && *found.equivalence < kSize ? Verdict::equivalent : Verdict::undecided;
}

/// Replaces the p that `choose` points to (null: none) by Holm's in all comparisons that have one.
template <class Choose>
void adjust(std::vector<std::optional<Comparison>>& all, const Choose& choose) {
  std::vector<double> p;
  std::vector<double*> places;
  for (std::optional<Comparison>& found : all)
    if (double* place = found ? choose(*found) : nullptr) {
      p.push_back(*place);
      places.push_back(place);
    }
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = adjusted[i];
}

}  // namespace

std::string describe(Verdict verdict) {
  switch (verdict) {
    case Verdict::higher:
      return "higher";
    case Verdict::lower:
      return "lower";
    case Verdict::equivalent:
      return fmt::format("no difference (within {:g} points)", 100 * kEquivalenceMargin);
    case Verdict::undecided:
      return "inside the noise";
    case Verdict::no_spread:
      return "no spread: no claim";
  }
  throw std::logic_error("a verdict that is none");
}

std::vector<std::optional<Comparison>> compare(std::span<const PairedScores> family) {
  std::vector<std::optional<Comparison>> all;
  for (const PairedScores& scores : family)
    all.push_back(scores.a.size() < kPairsOfAnInterval ? std::nullopt
                                                       : std::optional(compare_alone(scores)));
  adjust(all, [](Comparison& found) { return found.adjusted_p ? &*found.adjusted_p : nullptr; });
  adjust(all, [](Comparison& found) { return found.equivalence ? &*found.equivalence : nullptr; });
  for (std::optional<Comparison>& found : all)
    if (found) found->verdict = judge(*found);
  return all;
}

}  // namespace lidit
