#include "metrics/probes/drawn/drawn_probes.h"

#include <array>
#include <functional>
#include <string>
#include <utility>

#include "results/statistics.h"

namespace lidit::probes {
namespace {

double relative_position(std::size_t slot, std::size_t slots) {
  return (static_cast<double>(slot) + 0.5) / static_cast<double>(slots);
}

/// Least squares of y by slot on `regressor` of the slot's relative position; nothing where that
/// does not vary.
std::optional<double> coefficient(const SlotScores& y,
                                  const std::function<double(double)>& regressor) {
  const auto n = static_cast<double>(y.size());
  double mean_x = 0;
  for (std::size_t j = 0; j < y.size(); ++j)
    mean_x += regressor(relative_position(j, y.size())) / n;
  double products = 0, squares = 0;
  for (std::size_t j = 0; j < y.size(); ++j) {
    const double x = regressor(relative_position(j, y.size())) - mean_x;
    products += x * y[j];
    squares += x * x;
  }
  constexpr double kRounding = 1e-12;
  if (squares < kRounding) return std::nullopt;
  return products / squares;
}

double slope_of(const SlotScores& y) {
  return coefficient(y, [](double r) { return r; }).value();  // there are two slots or more
}

double mean_of(const SlotScores& values) { return mean(values).value(); }

/// Calls visit(scores of a rotation, image, rotation) for every image of a set.
template <class Visit>
void for_each_caption(const DrawnSet& set, Visit visit) {
  for (std::size_t image = 0; image < set.whole.size(); ++image)
    for (std::size_t rotation = 0; rotation < set.whole[image].size(); ++rotation)
      visit(set.whole[image][rotation], image, rotation);
}

/// Slot by slot, the mean over all images of all rotations of what `visit` adds to the sums.
template <class Add>
SlotScores mean_by_slot(const DrawnSet& set, Add add) {
  SlotScores sums(static_cast<std::size_t>(set.slots()));
  double captions = 0;
  for_each_caption(set, [&](const SlotScores& whole, std::size_t image, std::size_t rotation) {
    add(whole, image, rotation, sums);
    ++captions;
  });
  for (double& sum : sums) sum /= captions;
  return sums;
}

SlotScores scores_by_slot(const DrawnSet& set) {
  return mean_by_slot(set, [](const SlotScores& whole, std::size_t, std::size_t, SlotScores& sums) {
    for (std::size_t slot = 0; slot < whole.size(); ++slot) sums[slot] += whole[slot];
  });
}

/// A1 - A4.
double gap_of(const SlotScores& y) {
  double first = 0, last = 0, count = 0;
  for (std::size_t j = 0; j < y.size(); ++j) {
    if (relative_position(j, y.size()) > 0.25) break;
    first += y[j], last += y[y.size() - 1 - j], ++count;
  }
  return (first - last) / count;
}

std::int64_t slots_of(std::span<const DrawnSet> sets) {
  return sets.empty() ? 0 : sets.front().slots();
}

void add(std::vector<Measure>& by_slot, const SlotScores& values) {
  for (std::size_t slot = 0; slot < values.size(); ++slot)
    by_slot[slot].by_set.push_back(values[slot]);
}

std::vector<Measure> joined(std::vector<Measure> first, const std::vector<Measure>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::vector<Measure> score_position(std::span<const DrawnSet> sets) {
  Measure score{"score", {}}, slope{"slope", {}}, gap{"gap", {}}, curvature{"curvature", {}};
  std::vector<Measure> by_slot = slot_measures("slot.", slots_of(sets));
  for (const DrawnSet& set : sets) {
    const SlotScores y = scores_by_slot(set);
    score.by_set.push_back(mean_of(y));
    slope.by_set.push_back(slope_of(y));
    gap.by_set.push_back(gap_of(y));
    // Slots lie evenly about 1/2, so that the square is orthogonal to r.
    const auto bend = coefficient(y, [](double r) { return (r - 0.5) * (r - 0.5); });
    if (bend) curvature.by_set.push_back(*bend);
    add(by_slot, y);
  }
  return joined({score, slope, gap, curvature}, by_slot);
}

std::vector<ProbeColumn> position_columns(std::int64_t slots) {
  std::vector<ProbeColumn> columns = {{"score", "score"},
                                      {"slope", "slope", true},
                                      {"gap", "first - last quarter"},
                                      {"curvature", "curvature"}};
  for (ProbeColumn& column : slot_columns("slot.", slots)) columns.push_back(std::move(column));
  return columns;
}

/// y of an object in the first slot and in the last, for every object and image of a set. Object i
/// is first in rotation M - i and last in the one before.
std::vector<std::pair<double, double>> first_and_last(const DrawnSet& set) {
  std::vector<std::pair<double, double>> pairs;
  const auto slots = static_cast<std::size_t>(set.slots());
  for (const auto& by_rotation : set.whole)
    for (std::size_t rotation = 0; rotation < slots; ++rotation)
      pairs.emplace_back(by_rotation[rotation].front(),
                         by_rotation[(rotation + slots - 1) % slots].back());
  return pairs;
}

std::vector<Measure> score_order(std::span<const DrawnSet> sets) {
  Measure flips{"flips", {}}, first_alone{"first_alone", {}}, last_alone{"last_alone", {}},
      difference{"first_minus_last", {}};
  for (const DrawnSet& set : sets) {
    const auto pairs = first_and_last(set);
    double first = 0, last = 0;
    for (const auto& [in_first, in_last] : pairs) {
      first += in_first > in_last;
      last += in_last > in_first;
    }
    const auto count = static_cast<double>(pairs.size());
    flips.by_set.push_back((first + last) / count);
    first_alone.by_set.push_back(first / count);
    last_alone.by_set.push_back(last / count);
    difference.by_set.push_back((first - last) / count);
  }
  return {flips, first_alone, last_alone, difference};
}

std::vector<ProbeColumn> order_columns(std::int64_t) {
  return {{"flips", "flips"},
          {"first_alone", "right in first alone"},
          {"last_alone", "right in last alone"},
          {"first_minus_last", "first - last", true}};
}

/// Of one set, by the slot that is left out.
struct Ablations {
  SlotScores use, anyway, collateral;
};

Ablations ablations_of(const DrawnSet& set) {
  // Of the images without slot `left`, all by slot.
  const auto by_left_out = [&](auto number) {
    return mean_by_slot(set, [&](const SlotScores& whole, std::size_t image, std::size_t rotation,
                                 SlotScores& sums) {
      for (std::size_t left = 0; left < whole.size(); ++left)
        sums[left] += number(whole, set.without[image][rotation][left], left);
    });
  };
  using Scores = const SlotScores&;
  return {
      .use = by_left_out([](Scores whole, Scores without, std::size_t left) {
        return whole[left] - without[left];
      }),
      .anyway = by_left_out([](Scores, Scores without, std::size_t left) { return without[left]; }),
      .collateral = by_left_out([](Scores whole, Scores without, std::size_t left) {
        double gain = 0;
        for (std::size_t slot = 0; slot < whole.size(); ++slot)
          if (slot != left) gain += without[slot] - whole[slot];
        return gain / static_cast<double>(whole.size() - 1);
      })};
}

std::vector<Measure> score_ablations(std::span<const DrawnSet> sets) {
  Measure use{"use", {}}, use_slope{"use.slope", {}}, anyway{"anyway", {}},
      collateral{"collateral", {}}, collateral_slope{"collateral.slope", {}};
  std::vector<Measure> use_by_slot = slot_measures("use.", slots_of(sets)),
                       collateral_by_slot = slot_measures("collateral.", slots_of(sets));
  for (const DrawnSet& set : sets) {
    if (set.without.empty() || set.without.front().empty()) continue;
    const Ablations found = ablations_of(set);
    use.by_set.push_back(mean_of(found.use));
    use_slope.by_set.push_back(slope_of(found.use));
    anyway.by_set.push_back(mean_of(found.anyway));
    collateral.by_set.push_back(mean_of(found.collateral));
    collateral_slope.by_set.push_back(slope_of(found.collateral));
    add(use_by_slot, found.use);
    add(collateral_by_slot, found.collateral);
  }
  return joined(joined({use, use_slope, anyway, collateral, collateral_slope}, use_by_slot),
                collateral_by_slot);
}

std::vector<ProbeColumn> ablation_columns(std::int64_t slots) {
  std::vector<ProbeColumn> columns = {{"use", "use"},
                                      {"use.slope", "slope of use", true},
                                      {"anyway", "drawn anyway"},
                                      {"collateral", "collateral"},
                                      {"collateral.slope", "its slope"}};
  for (ProbeColumn& column : slot_columns("use.", slots)) {
    column.title = "use, " + column.title;
    columns.push_back(std::move(column));
  }
  return columns;
}

constexpr std::array<DrawnProbe, 3> kDrawnProbes = {{
    {{"P2-images", "score-by-position", "is an object drawn as well from every slot?",
      position_columns},
     "P2",
     false,
     score_position},
    {{"P3-images", "order-in-images", "does moving an object from first to last change it?",
      order_columns},
     "P3",
     false,
     score_order},
    {{"P4-images", "ablation-in-images", "are the words of every slot used, and who pays for them?",
      ablation_columns},
     "P4",
     true,
     score_ablations},
}};

}  // namespace

std::span<const DrawnProbe> drawn_probe_table() { return kDrawnProbes; }

std::optional<double> mcnemar_of_order(std::span<const DrawnSet> sets) {
  std::vector<double> first, last;
  for (const DrawnSet& set : sets)
    for (const auto& [in_first, in_last] : first_and_last(set)) {
      first.push_back(in_first);
      last.push_back(in_last);
    }
  return mcnemar_test(first, last);
}

}  // namespace lidit::probes
