// P1: whose change moves whom. A causal encoder's earlier segments cannot know of later ones: the
// ratio is exactly 0, bit for bit.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/probes/probe.h"

namespace lidit::probes {

/// In one rotation of each set every adjective and every noun is replaced, one at a time, by
/// another word of its category. A replacement counts when no token moved: the prompt and each of
/// its segments have as many tokens as before. Two are planned for each word, as long in letters as
/// can be, and the first that counts for the encoder is taken.
///
/// Measures: "fir", the future-influence ratio of adjectives (formulas.h), of sets in which every
/// adjective was replaced: with the last one alone it would be 1 for any encoder that looks ahead,
/// with the first one alone 0; "reach.J", of the 2 M
/// words how many move the state of slot J's segment (its own two do): 2 J for a causal encoder,
/// 2 M for one that looks both ways.
class FutureInfluence final : public Probe {
 public:
  explicit FutureInfluence(const Material& material);
  std::vector<Measure> score(const MeanStates& states) const override;
  static std::vector<ProbeColumn> columns(std::int64_t pairs);

 private:
  struct Variant {
    std::int64_t prompt;
    std::vector<std::int64_t> segments;
  };
  /// One prompt with the alternatives for each of its words.
  struct Case {
    Variant base;
    std::vector<std::vector<Variant>> adjectives, nouns;  // [slot][alternative]
  };
  void plan_words(const Material& material, const PairSet& set, const std::vector<Pair>& order,
                  std::string Pair::*word, std::uint64_t step,
                  std::vector<std::vector<Variant>>& variants);
  Variant ask(const std::vector<Pair>& order, Listing listing);

  std::int64_t slots_;
  std::vector<Case> cases_;
};

}  // namespace lidit::probes
