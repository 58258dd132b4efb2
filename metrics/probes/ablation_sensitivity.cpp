#include "metrics/probes/ablation_sensitivity.h"

#include <ATen/ATen.h>

#include <numeric>

#include "metrics/probes/formulas.h"

namespace lidit::probes {
namespace {

constexpr double kRoundingOfEnergy = 1e-9;  // of sums of cosines

/// Adjective and noun of every segment, one after the other.
std::vector<std::int64_t> ask_words(const Sentence& sentence, std::int64_t prompt, Plan& plan) {
  std::vector<std::int64_t> words;
  for (const Mention& mention : sentence.mentions)
    for (const ByteRange& range : {mention.adjective, mention.noun})
      words.push_back(plan.ask(prompt, range));
  return words;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Adds up what prompts of one set say: a slope within each, and values by slot.
class SetMeans {
 public:
  explicit SetMeans(std::int64_t slots) : by_slot_(static_cast<std::size_t>(slots)) {}

  /// The values over their mean; nothing where that is not above `least`.
  void add_relative(std::vector<double> values, const std::vector<double>& positions,
                    double least) {
    const double mean = mean_of(values);
    if (!(mean > least)) return;
    for (double& value : values) value /= mean;
    const auto one = slope(positions, values);
    if (!one) return;
    slopes_ += *one;
    add(values);
  }
  void add(const std::vector<double>& values) {
    for (std::size_t slot = 0; slot < values.size(); ++slot) by_slot_[slot] += values[slot];
    ++prompts_;
  }
  void write_slope(Measure& slope) const {
    if (prompts_ > 0) slope.by_set.push_back(slopes_ / prompts_);
  }
  void write_slots(std::vector<Measure>& slots) const {
    for (std::size_t slot = 0; prompts_ > 0 && slot < by_slot_.size(); ++slot)
      slots[slot].by_set.push_back(by_slot_[slot] / prompts_);
  }
  void write_mean(Measure& mean) const {
    if (prompts_ > 0) mean.by_set.push_back(mean_of(by_slot_) / prompts_);
  }

 private:
  double slopes_ = 0, prompts_ = 0;
  std::vector<double> by_slot_;
};

}  // namespace

AblationSensitivity::AblationSensitivity(const Material& material)
    : sets_(material.sets), rotations_(ask_rotations(material, plan_)) {
  const SentenceStyle style{.listing = material.options.listing};
  for (const PairSet& set : sets_) {
    auto& of_set = without_.emplace_back();
    for (std::int64_t rotation = 0; rotation < set.size(); ++rotation) {
      auto& of_rotation = of_set.emplace_back();
      const Sentence whole = list_pairs(set.rotated(rotation), style);
      const std::vector<std::int64_t> words = ask_words(whole, plan_.add_prompt(whole.text), plan_);
      for (std::int64_t slot = 0; slot < set.size(); ++slot) {
        std::vector<Pair> rest = set.rotated(rotation);
        rest.erase(rest.begin() + slot);
        const Sentence sentence = list_pairs(rest, style);
        const std::int64_t prompt = plan_.add_prompt(sentence.text);
        Without& without = of_rotation.emplace_back();
        without.pooled = plan_.ask_pooled(prompt);
        without.words_after = ask_words(sentence, prompt, plan_);
        without.words_before = words;
        const auto gone = without.words_before.begin() + 2 * slot;
        without.words_before.erase(gone, gone + 2);
      }
    }
  }
}

AblationSensitivity::Effects AblationSensitivity::effects(const MeanStates& states, std::size_t set,
                                                          std::size_t rotation) const {
  Effects effects;
  const Tensor whole = states[rotations_.pooled[set][rotation]];
  for (const Without& without : without_[set][rotation]) {
    effects.moved.push_back(cosine_distance(whole, states[without.pooled]).item<double>());
    effects.energy.push_back(
        energy_distance(states.rows(without.words_before), states.rows(without.words_after)));
  }
  return effects;
}

std::vector<Measure> AblationSensitivity::score(const MeanStates& states) const {
  const std::int64_t slots = sets_.front().size();
  Measure position_slope{"slope", {}}, energy{"energy", {}}, energy_slope{"energy.slope", {}};
  std::vector<Measure> by_slot = slot_measures("slot.", slots),
                       energy_by_slot = slot_measures("energy.", slots);
  for (std::size_t g = 0; g < sets_.size(); ++g) {
    SetMeans moved(slots), energies(slots), relative_energies(slots);
    for (std::size_t rotation = 0; rotation < without_[g].size(); ++rotation) {
      std::vector<double> positions;
      for (const std::int64_t request : rotations_.segments[g][rotation])
        positions.push_back(states.positions[static_cast<std::size_t>(request)]);
      const Effects found = effects(states, g, rotation);
      moved.add_relative(found.moved, positions, 0);
      relative_energies.add_relative(found.energy, positions, kRoundingOfEnergy);
      energies.add(found.energy);
    }
    moved.write_slope(position_slope);
    moved.write_slots(by_slot);
    relative_energies.write_slope(energy_slope);
    energies.write_mean(energy);
    energies.write_slots(energy_by_slot);
  }
  std::vector<Measure> all = {position_slope, energy, energy_slope};
  all.insert(all.end(), by_slot.begin(), by_slot.end());
  all.insert(all.end(), energy_by_slot.begin(), energy_by_slot.end());
  return all;
}

std::vector<ProbeColumn> AblationSensitivity::columns(std::int64_t pairs) {
  std::vector<ProbeColumn> columns = {{"slope", "slope", true}};
  for (ProbeColumn& column : slot_columns("slot.", pairs)) columns.push_back(std::move(column));
  columns.push_back({"energy", "energy"});
  columns.push_back({"energy.slope", "its slope"});
  return columns;
}

}  // namespace lidit::probes
