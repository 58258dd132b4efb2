#include "metrics/probes/displacement.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "metrics/probes/formulas.h"
#include "metrics/probes/rotations.h"

namespace lidit::probes {
namespace {

constexpr std::string_view kNeutral = "This is a photo.";
constexpr std::array<const char*, 2> kSides = {"before", "after"};

Sentence displace(const Sentence& sentence, std::int64_t count, bool after) {
  Sentence displaced = sentence;
  for (std::int64_t i = 0; i < count; ++i) {
    if (after)
      displaced.text += fmt::format(" {}", kNeutral);
    else
      displaced.text = fmt::format("{} {}", kNeutral, displaced.text);
  }
  const auto shift =
      after ? 0 : static_cast<std::int64_t>(displaced.text.size() - sentence.text.size());
  for (Mention& mention : displaced.mentions)
    for (ByteRange* range : {&mention.segment, &mention.adjective, &mention.noun}) {
      range->begin += shift;
      range->end += shift;
    }
  return displaced;
}

}  // namespace

Displacement::Displacement(const Material& material) : slots_(material.options.pairs) {
  for (std::size_t g = 0; g < material.sets.size(); ++g) {
    const PairSet& set = material.sets[g];
    const Sentence sentence =
        list_pairs(set.rotated(rotation_of_set(g, set)), {.listing = material.options.listing});
    Case& planned = cases_.emplace_back();
    planned.base = plan_.ask_segments(sentence);
    planned.twin = twin_plan_.ask_segments(sentence);
    for (std::size_t side = 0; side < kSides.size(); ++side)
      for (const std::int64_t count : kSentences)
        planned.displaced[side].push_back(plan_.ask_segments(displace(sentence, count, side == 1)));
  }
}

std::vector<Measure> Displacement::score(const MeanStates& states) const {
  std::vector<Measure> means, by_slot;
  for (std::size_t side = 0; side < kSides.size(); ++side) {
    const auto last = kSentences.size() - 1;
    std::vector<Measure> slots =
        slot_measures(fmt::format("{}.{}.", kSides[side], kSentences[last]), slots_);
    for (std::size_t k = 0; k < kSentences.size(); ++k) {
      Measure& mean =
          means.emplace_back(Measure{fmt::format("{}.{}", kSides[side], kSentences[k]), {}});
      for (const Case& planned : cases_) {
        const Tensor drift = cosine_distance(states.rows(planned.base),
                                             states.rows(planned.displaced[side][k]));  // (M)
        mean.by_set.push_back(drift.mean().item<double>());
        for (std::int64_t slot = 0; k == last && slot < slots_; ++slot)
          slots[static_cast<std::size_t>(slot)].by_set.push_back(drift[slot].item<double>());
      }
    }
    by_slot.insert(by_slot.end(), slots.begin(), slots.end());
  }
  means.insert(means.end(), by_slot.begin(), by_slot.end());
  return means;
}

std::vector<Measure> Displacement::score_twin(const MeanStates& states,
                                              const MeanStates* twin) const {
  std::vector<Measure> measures = slot_measures("instruction.", slots_);
  Measure mean{"instruction", {}};
  for (const Case& planned : cases_) {
    if (twin == nullptr) break;
    const Tensor drift =
        cosine_distance(states.rows(planned.base), twin->rows(planned.twin));  // (M)
    mean.by_set.push_back(drift.mean().item<double>());
    for (std::int64_t slot = 0; slot < slots_; ++slot)
      measures[static_cast<std::size_t>(slot)].by_set.push_back(drift[slot].item<double>());
  }
  measures.insert(measures.begin(), std::move(mean));
  return measures;
}

std::vector<ProbeColumn> Displacement::columns(std::int64_t) {
  std::vector<ProbeColumn> columns;
  for (const char* side : kSides)
    for (const std::int64_t count : kSentences)
      columns.push_back({fmt::format("{}.{}", side, count), fmt::format("{} {}", count, side),
                         std::string_view(side) == "after" && count == kSentences.back()});
  columns.push_back({"instruction", "instruction"});
  return columns;
}

}  // namespace lidit::probes
