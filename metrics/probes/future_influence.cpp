#include "metrics/probes/future_influence.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "metrics/probes/formulas.h"
#include "metrics/probes/rotations.h"
#include "results/philox.h"

namespace lidit::probes {
namespace {

constexpr std::size_t kAlternatives = 2;

/// Words that could stand in the place of `word`: of its category, not in the set, with the same
/// article, those first that are as long.
std::vector<std::string> alternatives(const std::string& word,
                                      const std::vector<std::string>& vocabulary,
                                      const PairSet& set, Philox& random) {
  std::set<std::string> taken;
  for (const Pair& pair : set.pairs) taken.insert({pair.adjective, pair.noun});
  std::vector<std::string> candidates;
  for (const std::int64_t i : random.permutation(std::ssize(vocabulary))) {
    const std::string& candidate = vocabulary[static_cast<std::size_t>(i)];
    if (!taken.contains(candidate) && article_of(candidate) == article_of(word))
      candidates.push_back(candidate);
  }
  const auto length_difference = [&](const std::string& candidate) {
    return std::abs(std::ssize(candidate) - std::ssize(word));
  };
  std::ranges::stable_sort(candidates, {}, length_difference);
  candidates.resize(std::min(candidates.size(), kAlternatives));
  return candidates;
}

}  // namespace

FutureInfluence::FutureInfluence(const Material& material) : slots_(material.options.pairs) {
  for (std::size_t g = 0; g < material.sets.size(); ++g) {
    const PairSet& set = material.sets[g];
    const std::vector<Pair> order = set.rotated(rotation_of_set(g, set));
    Case& planned = cases_.emplace_back();
    planned.base = ask(order, material.options.listing);
    plan_words(material, set, order, &Pair::adjective, 2 * g, planned.adjectives);
    plan_words(material, set, order, &Pair::noun, 2 * g + 1, planned.nouns);
  }
}

void FutureInfluence::plan_words(const Material& material, const PairSet& set,
                                 const std::vector<Pair>& order, std::string Pair::*word,
                                 std::uint64_t step, std::vector<std::vector<Variant>>& variants) {
  Philox random(material.options.seed, "replaced words", step);
  const PairCategory& category = material.category_of(set);
  const std::vector<std::string> vocabulary =
      word == &Pair::adjective ? category.adjectives() : category.nouns();
  for (std::size_t slot = 0; slot < order.size(); ++slot) {
    auto& of_slot = variants.emplace_back();
    for (std::string& other : alternatives(order[slot].*word, vocabulary, set, random)) {
      std::vector<Pair> changed = order;
      changed[slot].*word = std::move(other);
      of_slot.push_back(ask(changed, material.options.listing));
    }
  }
}

FutureInfluence::Variant FutureInfluence::ask(const std::vector<Pair>& order, Listing listing) {
  const Sentence sentence = list_pairs(order, {.listing = listing});
  return {plan_.add_prompt(sentence.text), plan_.ask_segments(sentence)};
}

std::vector<Measure> FutureInfluence::score(const MeanStates& states) const {
  const auto entry = [](const auto& values, std::int64_t i) {
    return values[static_cast<std::size_t>(i)];
  };
  const auto counts = [&](const Variant& base, const Variant& variant) {
    for (std::size_t i = 0; i < base.segments.size(); ++i)
      if (entry(states.tokens, base.segments[i]) != entry(states.tokens, variant.segments[i]))
        return false;
    return entry(states.prompt_tokens, base.prompt) == entry(states.prompt_tokens, variant.prompt);
  };
  /// (M) the change of every segment, by the first alternative that counts.
  const auto change = [&](const Case& planned,
                          const std::vector<Variant>& variants) -> std::optional<Tensor> {
    for (const Variant& variant : variants)
      if (counts(planned.base, variant))
        return relative_change(states.rows(planned.base.segments), states.rows(variant.segments));
    return std::nullopt;
  };
  Measure ratio{"fir", {}};
  std::vector<Measure> reach = slot_measures("reach.", slots_);
  for (const Case& planned : cases_) {
    Tensor influence = at::zeros({slots_, slots_}, at::kDouble);
    Tensor moved = at::zeros({slots_}, at::kDouble);
    std::int64_t adjectives = 0, words = 0;
    for (const auto* kind : {&planned.adjectives, &planned.nouns})
      for (std::size_t slot = 0; slot < kind->size(); ++slot) {
        const std::optional<Tensor> changed = change(planned, (*kind)[slot]);
        if (!changed) continue;
        if (kind == &planned.adjectives) {
          influence[static_cast<std::int64_t>(slot)].copy_(*changed);
          ++adjectives;
        }
        moved += (*changed > 0).to(at::kDouble);
        ++words;
      }
    if (adjectives == slots_)
      if (const auto fir = future_influence_ratio(influence)) ratio.by_set.push_back(*fir);
    if (words < 2 * slots_) continue;  // a word that could not be replaced moves nobody
    for (std::int64_t slot = 0; slot < slots_; ++slot)
      reach[static_cast<std::size_t>(slot)].by_set.push_back(moved[slot].item<double>());
  }
  reach.insert(reach.begin(), std::move(ratio));
  return reach;
}

std::vector<ProbeColumn> FutureInfluence::columns(std::int64_t pairs) {
  std::vector<ProbeColumn> columns = {{"fir", "future influence", true}};
  for (ProbeColumn& column : slot_columns("reach.", pairs)) columns.push_back(std::move(column));
  columns[1].title = "reach of slot 1";
  return columns;
}

}  // namespace lidit::probes
