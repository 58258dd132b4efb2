#include "metrics/probes/rotations.h"

#include <ATen/ATen.h>

namespace lidit::probes {

RotationRequests ask_rotations(const Material& material, Plan& plan) {
  RotationRequests requests;
  for (const PairSet& set : material.sets) {
    auto& segments = requests.segments.emplace_back();
    auto& pooled = requests.pooled.emplace_back();
    for (std::int64_t rotation = 0; rotation < set.size(); ++rotation) {
      const Sentence sentence =
          list_pairs(set.rotated(rotation), {.listing = material.options.listing});
      segments.push_back(plan.ask_segments(sentence));
      pooled.push_back(plan.ask_pooled(plan.add_prompt(sentence.text)));
    }
  }
  return requests;
}

Tensor by_item_and_slot(const MeanStates& states, const PairSet& set,
                        const std::vector<std::vector<std::int64_t>>& segments) {
  std::vector<std::int64_t> order;
  for (std::int64_t item = 0; item < set.size(); ++item)
    for (std::int64_t slot = 0; slot < set.size(); ++slot) {
      const std::int64_t rotation = (slot - item + set.size()) % set.size();
      order.push_back(segments[static_cast<std::size_t>(rotation)][static_cast<std::size_t>(slot)]);
    }
  return states.rows(order).view({set.size(), set.size(), -1});
}

std::int64_t rotation_of_set(std::size_t set, const PairSet& pairs) {
  return static_cast<std::int64_t>(set) % pairs.size();
}

}  // namespace lidit::probes
