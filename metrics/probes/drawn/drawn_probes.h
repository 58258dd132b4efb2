// P2, P3 and P4 on images: what a caption's order does to the objects that are drawn. Tables of
// scores in, measures by set out; no LibTorch.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "metrics/probes/drawn/drawn_sets.h"
#include "metrics/probes/sets/measure.h"

namespace lidit::probes {

/// A probe of images: the twin of one that asks for states.
struct DrawnProbe : ProbeLabel {
  std::string_view twin;  // "P2"
  bool needs_ablations;   // captions with one object left out
  std::vector<Measure> (*score)(std::span<const DrawnSet> sets);
};

/// Written by hand: one line a probe.
///
/// y is the score of a slot's object in an image, r_j = (j - 1/2) / M the relative position of slot
/// j of M. In a Latin square every object stands once in every slot, so that a regression of the
/// slots' means within a set is the one with fixed effects of objects.
///
/// - P2-images: "score", the mean of y; "slope" of y on r; "gap", the mean over slots in the first
///   quarter (r <= 1/4) minus that over the last (r >= 3/4); "curvature", the coefficient of
///   (r - 1/2)^2 beside the slope (M > 2): above 0 where the ends do better than the middle;
///   "slot.J".
/// - P3-images: over objects and images of a set, y in the first slot against y in the last, from
///   the same noise: "flips", the share that differs; "first_alone" and "last_alone", its two
///   parts; "first_minus_last".
/// - P4-images: from the same noise with and without the words of one object, over sets whose
///   structure allows it: "use" = y(with) - y(without) of that object, "use.slope" on r, "use.J" by
///   slot; "anyway", y(without): drawn unasked; "collateral", the mean over the others of
///   y(without) - y(with), "collateral.slope", "collateral.J" by the slot left out. Those behind it
///   stand one slot further forward then, so that a fall with position adds to it.
std::span<const DrawnProbe> drawn_probe_table();

/// McNemar's exact p of "first and last slot do alike", over objects and images as if they were
/// independent; nothing of no sets. The test over sets is that of "first_minus_last".
std::optional<double> mcnemar_of_order(std::span<const DrawnSet> sets);

}  // namespace lidit::probes
