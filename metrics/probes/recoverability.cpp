#include "metrics/probes/recoverability.h"

#include <ATen/ATen.h>

#include <tuple>

#include "metrics/probes/formulas.h"
#include "results/philox.h"

namespace lidit::probes {
namespace {

std::string alone(const Pair& pair) {
  return std::string(article_of(pair.adjective)) + " " + pair.adjective + " " + pair.noun;
}

double mean_of_all(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total / static_cast<double>(values.size());
}

/// Of one pair, by slot.
struct PairScores {
  std::vector<double> positions, recoverability, retrieved;
};

/// The mean over pairs of the slopes on position, where there is one.
void add_mean_slope(const std::vector<PairScores>& pairs, std::vector<double> PairScores::*values,
                    Measure& measure) {
  std::vector<double> slopes;
  for (const PairScores& pair : pairs)
    if (const auto one = slope(pair.positions, pair.*values)) slopes.push_back(*one);
  if (!slopes.empty()) measure.by_set.push_back(mean_of_all(slopes));
}

}  // namespace

Recoverability::Recoverability(const Material& material)
    : sets_(material.sets), rotations_(ask_rotations(material, plan_)) {
  for (std::size_t c = 0; c < material.categories.size(); ++c) {
    const std::vector<Pair>& pairs = material.categories[c].pairs;
    Philox random(material.options.seed, "decoys", c);
    auto& decoys = decoys_.emplace_back();
    for (const std::int64_t i : random.permutation(std::ssize(pairs))) {
      if (std::ssize(decoys) == kCandidates) break;
      const Pair& pair = pairs[static_cast<std::size_t>(i)];
      ask_alone(pair);
      decoys.push_back(alone(pair));
    }
  }
  for (const PairSet& set : sets_)
    for (const Pair& pair : set.pairs) ask_alone(pair);
}

std::int64_t Recoverability::ask_alone(const Pair& pair) {
  const std::string text = alone(pair);
  const auto [place, is_new] = alone_.try_emplace(text, 0);
  if (is_new) {
    const auto end = static_cast<std::int64_t>(text.size());
    const auto words = static_cast<std::int64_t>(pair.adjective.size() + pair.noun.size() + 1);
    place->second = plan_.ask(plan_.add_prompt(text), {end - words, end});
  }
  return place->second;
}

std::vector<std::int64_t> Recoverability::candidates_of(const Pair& pair,
                                                        std::int64_t category) const {
  const std::string own = alone(pair);
  std::vector<std::int64_t> requests = {alone_.at(own)};
  for (const std::string& decoy : decoys_[static_cast<std::size_t>(category)])
    if (decoy != own && std::ssize(requests) < kCandidates) requests.push_back(alone_.at(decoy));
  return requests;
}

std::vector<Measure> Recoverability::tokens_by_slot(const MeanStates& states) const {
  std::vector<Measure> tokens = slot_measures("tokens.", sets_.front().size());
  for (const auto& rotations : rotations_.segments)
    for (std::size_t slot = 0; slot < tokens.size(); ++slot) {
      std::int64_t total = 0;
      for (const auto& segments : rotations)
        total += states.tokens[static_cast<std::size_t>(segments[slot])];
      tokens[slot].by_set.push_back(static_cast<double>(total) /
                                    static_cast<double>(rotations.size()));
    }
  return tokens;
}

std::vector<Measure> Recoverability::score(const MeanStates& states) const {
  const std::int64_t slots = sets_.front().size();
  Measure position_slope{"slope", {}}, retrieval{"retrieval", {}}, chance{"chance", {}},
      retrieval_slope{"retrieval.slope", {}};
  std::vector<Measure> by_slot = slot_measures("slot.", slots),
                       retrieved_by_slot = slot_measures("retrieval.", slots);
  for (std::size_t g = 0; g < sets_.size(); ++g) {
    const PairSet& set = sets_[g];
    const Tensor items = by_item_and_slot(states, set, rotations_.segments[g]);  // (M,M,D)
    std::vector<PairScores> pairs;
    std::vector<double> centred(static_cast<std::size_t>(slots), 0),
        found(static_cast<std::size_t>(slots), 0);
    for (std::int64_t item = 0; item < slots; ++item) {
      const Tensor candidates =
          states.rows(candidates_of(set.pairs[static_cast<std::size_t>(item)], set.category));
      const Tensor distances =
          cosine_distance(items[item].unsqueeze(1), candidates.unsqueeze(0));  // (M,candidates)
      const Tensor own = -distances.select(1, 0);                              // (M)
      const Tensor others = distances.narrow(1, 1, distances.size(1) - 1);
      const Tensor nearest = distances.select(1, 0) < std::get<0>(others.min(1));  // (M)
      const double mean = own.mean().item<double>();
      PairScores& scores = pairs.emplace_back();
      for (std::int64_t slot = 0; slot < slots; ++slot) {
        const std::int64_t rotation = (slot - item + slots) % slots;
        const std::int64_t request =
            rotations_
                .segments[g][static_cast<std::size_t>(rotation)][static_cast<std::size_t>(slot)];
        scores.positions.push_back(states.positions[static_cast<std::size_t>(request)]);
        scores.recoverability.push_back(own[slot].item<double>());
        scores.retrieved.push_back(nearest[slot].item<bool>() ? 1 : 0);
        const auto s = static_cast<std::size_t>(slot);
        centred[s] += (scores.recoverability.back() - mean) / static_cast<double>(slots);
        found[s] += scores.retrieved.back() / static_cast<double>(slots);
      }
    }
    add_mean_slope(pairs, &PairScores::recoverability, position_slope);
    add_mean_slope(pairs, &PairScores::retrieved, retrieval_slope);
    retrieval.by_set.push_back(mean_of_all(found));
    chance.by_set.push_back(1 /
                            static_cast<double>(candidates_of(set.pairs[0], set.category).size()));
    for (std::size_t s = 0; s < centred.size(); ++s) {
      by_slot[s].by_set.push_back(centred[s]);
      retrieved_by_slot[s].by_set.push_back(found[s]);
    }
  }
  std::vector<Measure> measures = {position_slope, retrieval, chance, retrieval_slope};
  measures.insert(measures.end(), by_slot.begin(), by_slot.end());
  measures.insert(measures.end(), retrieved_by_slot.begin(), retrieved_by_slot.end());
  for (Measure& measure : tokens_by_slot(states)) measures.push_back(std::move(measure));
  return measures;
}

std::vector<ProbeColumn> Recoverability::columns(std::int64_t pairs) {
  std::vector<ProbeColumn> columns = {{"slope", "slope", true}};
  for (ProbeColumn& column : slot_columns("slot.", pairs)) columns.push_back(std::move(column));
  columns.push_back({"retrieval", "retrieval"});
  columns.push_back({.measure = "chance", .title = "its chance", .has_interval = false});
  columns.push_back({"retrieval.slope", "its slope"});
  return columns;
}

}  // namespace lidit::probes
