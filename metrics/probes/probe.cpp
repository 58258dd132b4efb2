#include "metrics/probes/probe.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "metrics/probes/ablation_sensitivity.h"
#include "metrics/probes/binding.h"
#include "metrics/probes/displacement.h"
#include "metrics/probes/future_influence.h"
#include "metrics/probes/order_consistency.h"
#include "metrics/probes/recoverability.h"
#include "results/names.h"

namespace lidit::probes {
namespace {

template <class P>
std::unique_ptr<Probe> make(const Material& material) {
  return std::make_unique<P>(material);
}

constexpr std::array<ProbeEntry, 6> kProbes = {{
    {{"P1", "future-influence", "does a later word move the states of an earlier segment?",
      FutureInfluence::columns},
     make<FutureInfluence>},
    {{"P2", "recoverability", "is a pair as easy to recognise in every slot?",
      Recoverability::columns,
      "Every pair stands once in every slot: where words are split from punctuation, segments have "
      "as many tokens in one slot as in another (tokens.J in estimates.csv)."},
     make<Recoverability>},
    {{"P3", "order-consistency", "how much of a segment's state is its slot?",
      OrderConsistency::columns},
     make<OrderConsistency>},
    {{"P4", "ablation-sensitivity", "does leaving out a segment count as much in every slot?",
      AblationSensitivity::columns},
     make<AblationSensitivity>},
    {{"P5", "binding", "which adjectives can be read off a noun's state?", Binding::columns,
      "Swapped captions: intervals are over captions of SugarCrepe, not over sets; the mean "
      "distance of random captions is taken as known."},
     make<Binding>},
    {{"P6", "displacement",
      "do neutral sentences before or after, or an instruction, move the states?",
      Displacement::columns},
     make<Displacement>},
}};

/// The names of a list with commas; SpecError for one that no probe has.
std::vector<std::string_view> listed(std::string_view names) {
  std::vector<ProbeLabel> all(kProbes.begin(), kProbes.end());
  for (const DrawnProbe& probe : drawn_probe_table()) all.push_back(probe);
  std::vector<std::string_view> wanted;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    wanted.push_back(find_named("probe", names.substr(begin, end - begin), all).name);
    begin = end + 1;
  }
  return wanted;
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Material load_material(const std::filesystem::path& prompts, const SetOptions& options) {
  std::vector<PairCategory> categories = load_pair_categories(prompts / "t2i-compbench");
  std::vector<PairSet> sets = draw_sets(categories, options);
  return {std::move(categories), options, std::move(sets),
          benchmarks::load_swapped_captions(prompts / "sugar-crepe")};
}

std::vector<Measure> measures_of(const Probe& probe, const MeanStates& states,
                                 const Subject& subject) {
  std::vector<Measure> measures = probe.score(states);
  std::optional<MeanStates> twin;
  if (subject.twin && !probe.twin_plan().prompts().empty()) {
    const std::vector<Subject> other = {{subject.twin, subject.standardization}};
    twin = std::move(mean_states(probe.twin_plan(), other, [](std::int64_t) {}).front());
  }
  for (Measure& measure : probe.score_twin(states, twin ? &*twin : nullptr))
    measures.push_back(std::move(measure));
  return measures;
}

std::span<const ProbeEntry> probe_table() { return kProbes; }

std::vector<ProbeEntry> find_probes(std::string_view names) {
  if (names.empty()) return {kProbes.begin(), kProbes.end()};
  const std::vector<std::string_view> wanted = listed(names);
  std::vector<ProbeEntry> chosen;
  for (const ProbeEntry& entry : kProbes)
    if (holds(wanted, entry.name)) chosen.push_back(entry);
  return chosen;
}

std::vector<DrawnProbe> find_drawn_probes(std::string_view names, bool twins) {
  const std::span<const DrawnProbe> all = drawn_probe_table();
  if (names.empty()) return twins ? std::vector(all.begin(), all.end()) : std::vector<DrawnProbe>{};
  const std::vector<std::string_view> wanted = listed(names);
  std::vector<DrawnProbe> chosen;
  for (const DrawnProbe& probe : all)
    if (holds(wanted, probe.name) || (twins && holds(wanted, probe.twin))) chosen.push_back(probe);
  return chosen;
}

}  // namespace lidit::probes
