// P5: which adjectives a linear probe reads off a noun's state: its own, earlier ones, later ones.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "metrics/probes/probe.h"
#include "metrics/probes/swapped_captions.h"

namespace lidit::probes {

/// Prompts of their own: M distinct nouns and, drawn independently of each other and of the nouns,
/// M of the kClasses adjectives that most nouns have in the largest category. So a state that does
/// not know an adjective can guess it at chance, 1 / kClasses, and no better. Each set is said in M
/// rotations, with the adjectives before the nouns ("a red car") and behind ("a car that is red").
///
/// For each slot a ridge regression is trained on the states of one half of the nouns and tested on
/// the other half, both ways; chance is subtracted. Intervals are conditional on the probes that
/// were trained.
///
/// Measures, for ORDER prenominal and postnominal: "ORDER.own", "ORDER.earlier" and "ORDER.later":
/// the adjectives of the noun itself, of earlier slots and of later slots; "ORDER.J.L": from the
/// noun of slot J the adjective of slot L. A causal model's nouns are at chance for later
/// adjectives, and for their own where it stands behind them. "ORDER.selectivity", the mean over
/// "ORDER.selectivity.J": own minus the largest leak, that of the slot from which most is read off
/// over all sets; the greatest of several leaks at chance lies a little above chance.
///
/// "swap_margin", of sentences of two pairs of the material x, with adjectives swapped x~ and with
/// pairs in reverse x^r, d the distance of pooled prompts: (d(x,x~) - d(x,x^r)) / (d(x,x~) +
/// d(x,x^r)). Above 0 binding outweighs order. A bag of words moves by neither and has none.
///
/// The same distance on natural text: "swapped_captions" and "swapped_captions.same_words", as
/// measure_swapped_captions has them.
class Binding final : public Probe {
 public:
  static constexpr std::int64_t kClasses = 8;

  explicit Binding(const Material& material);
  std::vector<Measure> score(const MeanStates& states) const override;
  static std::vector<ProbeColumn> columns(std::int64_t pairs);

 private:
  /// One prompt: the requests for its nouns' states, and what is to be read off them.
  struct Example {
    std::size_t set;
    std::array<std::vector<std::int64_t>, 2> nouns;  // by order, slot
    std::vector<std::int64_t> classes;               // by slot: number of the adjective
    std::vector<bool> first_half;                    // by slot: which half the noun is in
  };
  /// Pooled prompts of two pairs: as they are, with adjectives swapped, in reverse.
  struct Swap {
    std::size_t set;
    std::int64_t whole, swapped, reversed;
  };
  void plan_set(const Material& material, std::size_t set);
  void plan_swaps(const Material& material, std::size_t set);
  Measure swap_margin(const MeanStates& states) const;
  /// (examples, slots) bool: whether the adjective of slot L is read off the noun of `slot`.
  Tensor read(const MeanStates& states, std::size_t order, std::int64_t slot) const;

  std::int64_t slots_;
  std::size_t sets_;
  std::vector<std::string> adjectives_, nouns_;  // the nouns' first half is the first half
  std::vector<Example> examples_;
  std::vector<Swap> swaps_;  // set by set
  std::vector<SwapRequests> captions_;
};

}  // namespace lidit::probes
