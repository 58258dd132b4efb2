// P2 on embeddings: is a pair as easy to recognise in context, whatever its slot?
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "metrics/probes/probe.h"
#include "metrics/probes/rotations.h"

namespace lidit::probes {

/// Recoverability R of a pair at a slot: minus the cosine distance from the segment's state to the
/// state of the pair alone ("a red car"), centred over the slots of each pair, so that the
/// difficulty of pairs drops out.
///
/// Measures: "slope" of R on the relative position of the segment (its central token over the
/// prompt's tokens), by least squares within each pair; "slot.J", the centred R; "retrieval", how
/// often the pair alone is nearer to its segment than any other of kCandidates pairs of its
/// category, or of all where it has fewer (a tie is no success), "chance", one over their number,
/// "retrieval.J" at slot J, and "retrieval.slope"; "tokens.J", of which the segment's state at slot
/// J is the mean: as many in every slot of a set, because every pair stands once in each, unless a
/// pair's tokens depend on what follows it.
class Recoverability final : public Probe {
 public:
  static constexpr std::int64_t kCandidates = 100;

  explicit Recoverability(const Material& material);
  std::vector<Measure> score(const MeanStates& states) const override;
  static std::vector<ProbeColumn> columns(std::int64_t pairs);

 private:
  std::int64_t ask_alone(const Pair& pair);
  /// The requests of a pair alone (first) and of the others that it is told from.
  std::vector<std::int64_t> candidates_of(const Pair& pair, std::int64_t category) const;
  std::vector<Measure> tokens_by_slot(const MeanStates& states) const;

  const std::vector<PairSet> sets_;
  RotationRequests rotations_;
  std::map<std::string, std::int64_t> alone_;     // by text
  std::vector<std::vector<std::string>> decoys_;  // of each category
};

}  // namespace lidit::probes
