// P6: what neutral sentences before or after the pairs, or an instruction, do to their states.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "metrics/probes/probe.h"

namespace lidit::probes {

/// Drift: the cosine distance of a segment's state with k neutral sentences added to that without
/// them, in one rotation of each set. Sentences before move the absolute position and what a causal
/// model has read; sentences after change nothing for a causal model.
///
/// The instruction twin: the same distance between the encoder with an instruction before the
/// caption and without one, of the same words.
///
/// Measures: "before.K" and "after.K", the mean over slots; "before.K.J" and "after.K.J" at slot J
/// for the largest K; of the twin "instruction" and "instruction.J".
class Displacement final : public Probe {
 public:
  static constexpr std::array<std::int64_t, 4> kSentences = {1, 2, 4, 8};

  explicit Displacement(const Material& material);
  std::vector<Measure> score(const MeanStates& states) const override;
  std::vector<Measure> score_twin(const MeanStates& states, const MeanStates* twin) const override;
  static std::vector<ProbeColumn> columns(std::int64_t pairs);

 private:
  struct Case {
    std::vector<std::int64_t> base, twin;                             // by slot
    std::array<std::vector<std::vector<std::int64_t>>, 2> displaced;  // by side, k, slot
  };
  std::int64_t slots_;
  std::vector<Case> cases_;
};

}  // namespace lidit::probes
