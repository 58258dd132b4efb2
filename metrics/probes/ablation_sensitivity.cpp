#include "metrics/probes/ablation_sensitivity.h"

#include <ATen/ATen.h>

#include "metrics/probes/formulas.h"

namespace lidit::probes {

AblationSensitivity::AblationSensitivity(const Material& material)
    : sets_(material.sets), rotations_(ask_rotations(material, plan_)) {
  for (const PairSet& set : sets_) {
    auto& of_set = without_.emplace_back();
    for (std::int64_t rotation = 0; rotation < set.size(); ++rotation) {
      auto& of_rotation = of_set.emplace_back();
      for (std::int64_t slot = 0; slot < set.size(); ++slot) {
        std::vector<Pair> rest = set.rotated(rotation);
        rest.erase(rest.begin() + slot);
        const std::string text = list_pairs(rest, {.listing = material.options.listing}).text;
        of_rotation.push_back(plan_.ask_pooled(plan_.add_prompt(text)));
      }
    }
  }
}

std::vector<Measure> AblationSensitivity::score(const MeanStates& states) const {
  const std::int64_t slots = sets_.front().size();
  Measure position_slope{"slope", {}};
  std::vector<Measure> by_slot = slot_measures("slot.", slots);
  for (std::size_t g = 0; g < sets_.size(); ++g) {
    Tensor by_slot_of_set = at::zeros({slots}, at::kDouble);
    double slopes = 0, prompts = 0;
    for (std::size_t rotation = 0; rotation < without_[g].size(); ++rotation) {
      const Tensor whole = states[rotations_.pooled[g][rotation]];
      const Tensor moved =
          cosine_distance(whole.unsqueeze(0), states.rows(without_[g][rotation]));  // (M)
      const double mean = moved.mean().item<double>();
      if (!(mean > 0)) continue;
      const Tensor relative = (moved / mean).contiguous();
      std::vector<double> positions;
      for (const std::int64_t request : rotations_.segments[g][rotation])
        positions.push_back(states.positions[static_cast<std::size_t>(request)]);
      const auto one = slope(positions, {relative.const_data_ptr<double>(), positions.size()});
      if (!one) continue;
      slopes += *one;
      ++prompts;
      by_slot_of_set += relative;
    }
    if (prompts == 0) continue;
    position_slope.by_set.push_back(slopes / prompts);
    for (std::int64_t slot = 0; slot < slots; ++slot)
      by_slot[static_cast<std::size_t>(slot)].by_set.push_back(by_slot_of_set[slot].item<double>() /
                                                               prompts);
  }
  by_slot.insert(by_slot.begin(), std::move(position_slope));
  return by_slot;
}

std::vector<ProbeColumn> AblationSensitivity::columns(std::int64_t pairs) {
  std::vector<ProbeColumn> columns = {{"slope", "slope", true}};
  for (ProbeColumn& column : slot_columns("slot.", pairs)) columns.push_back(std::move(column));
  return columns;
}

}  // namespace lidit::probes
