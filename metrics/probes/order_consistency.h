// P3 on embeddings: how much of a segment's state comes from the slot and not from the pair.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/probes/probe.h"
#include "metrics/probes/rotations.h"

namespace lidit::probes {

/// Over the M rotations of a set, v = mean + pair + slot + rest in every dimension.
///
/// Measures: "slot_share" (eta squared), the slot's part of the sum of squares; "excess", what it
/// has above the same states with their slots relabelled at random within each pair (the mean of
/// kRelabellings), which is 0 where the slot does not matter; "pair_share"; "invariance", the mean
/// cosine of a pair's states in two slots; "pooled", the mean distance of the pooled prompts of two
/// rotations over that of two sets (nothing with one set).
class OrderConsistency final : public Probe {
 public:
  static constexpr std::int64_t kRelabellings = 16;

  explicit OrderConsistency(const Material& material);
  std::vector<Measure> score(const MeanStates& states) const override;
  static std::vector<ProbeColumn> columns(std::int64_t pairs);

 private:
  Measure pooled_ratio(const MeanStates& states) const;

  const std::vector<PairSet> sets_;
  std::uint64_t seed_;
  RotationRequests rotations_;
};

}  // namespace lidit::probes
