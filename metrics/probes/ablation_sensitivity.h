// P4 on embeddings: how far the pooled prompt, and the words that stay, move when a segment is left
// out.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/probes/probe.h"
#include "metrics/probes/rotations.h"

namespace lidit::probes {

/// s_i = the cosine distance of the pooled states of a prompt with and without segment i (the rest
/// said grammatically), over the mean s of that prompt. E_i = the energy distance of the states of
/// the adjectives and nouns that stay, with and without segment i. Needs sets of 2 pairs.
///
/// Measures: "slope" of s on the relative position of the segment, within each prompt; "slot.J";
/// "energy", the mean of E; "energy.slope" of E over the mean E of that prompt, where it is above
/// rounding; "energy.J", E by the slot left out: 0 in the last slot of a list with commas alone
/// where no word sees later ones.
class AblationSensitivity final : public Probe {
 public:
  explicit AblationSensitivity(const Material& material);
  std::vector<Measure> score(const MeanStates& states) const override;
  static std::vector<ProbeColumn> columns(std::int64_t pairs);

 private:
  /// Requests of one prompt with a segment left out: pooled, and the words that stay.
  struct Without {
    std::int64_t pooled;
    std::vector<std::int64_t> words_before, words_after;  // in the whole prompt, in this one
  };
  /// By slot, of one rotation.
  struct Effects {
    std::vector<double> moved, energy;
  };
  Effects effects(const MeanStates& states, std::size_t set, std::size_t rotation) const;

  const std::vector<PairSet> sets_;
  RotationRequests rotations_;
  std::vector<std::vector<std::vector<Without>>> without_;  // [set][rotation][slot]
};

}  // namespace lidit::probes
