// P4 on embeddings: how far the pooled prompt moves when a segment is left out.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/probes/probe.h"
#include "metrics/probes/rotations.h"

namespace lidit::probes {

/// s_i = the cosine distance of the pooled states of a prompt with and without segment i (the rest
/// said grammatically), over the mean s of that prompt. Needs sets of 2 pairs.
///
/// Measures: "slope" of s on the relative position of the segment, within each prompt; "slot.J".
class AblationSensitivity final : public Probe {
 public:
  explicit AblationSensitivity(const Material& material);
  std::vector<Measure> score(const MeanStates& states) const override;
  static std::vector<ProbeColumn> columns(std::int64_t pairs);

 private:
  const std::vector<PairSet> sets_;
  RotationRequests rotations_;
  std::vector<std::vector<std::vector<std::int64_t>>> without_;  // [set][rotation][slot]
};

}  // namespace lidit::probes
