// What several probes share: the segments of every rotation of every set.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/probes/probe.h"

namespace lidit::probes {

/// The numbers of requests, [set][rotation].
struct RotationRequests {
  std::vector<std::vector<std::vector<std::int64_t>>> segments;  // and [slot]
  std::vector<std::vector<std::int64_t>> pooled;
};
RotationRequests ask_rotations(const Material& material, Plan& plan);

/// The segment states of a set (M items, M slots, D).
Tensor by_item_and_slot(const MeanStates& states, const PairSet& set,
                        const std::vector<std::vector<std::int64_t>>& segments);

/// The prompt of a set that a probe uses which takes one rotation of each: set g's rotation
/// g mod M, so that the rotations are balanced over sets.
std::int64_t rotation_of_set(std::size_t set, const PairSet& pairs);

}  // namespace lidit::probes
