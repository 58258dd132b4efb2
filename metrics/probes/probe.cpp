#include "metrics/probes/probe.h"

#include <algorithm>
#include <array>

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
    {"P1", "future-influence", "does a later word move the states of an earlier segment?",
     make<FutureInfluence>, FutureInfluence::columns},
    {"P2", "recoverability", "is a pair as easy to recognise in every slot?", make<Recoverability>,
     Recoverability::columns},
    {"P3", "order-consistency", "how much of a segment's state is its slot?",
     make<OrderConsistency>, OrderConsistency::columns},
    {"P4", "ablation-sensitivity", "does leaving out a segment count as much in every slot?",
     make<AblationSensitivity>, AblationSensitivity::columns},
    {"P5", "binding", "which adjectives can be read off a noun's state?", make<Binding>,
     Binding::columns},
    {"P6", "displacement", "do neutral sentences before or after move the states?",
     make<Displacement>, Displacement::columns},
}};

}  // namespace

Material make_material(std::vector<PairCategory> categories, const SetOptions& options) {
  std::vector<PairSet> sets = draw_sets(categories, options);
  return {std::move(categories), options, std::move(sets)};
}

std::span<const ProbeEntry> probe_table() { return kProbes; }

std::vector<ProbeEntry> find_probes(std::string_view names) {
  if (names.empty()) return {kProbes.begin(), kProbes.end()};
  std::vector<std::string_view> wanted;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    wanted.push_back(find_named("probe", names.substr(begin, end - begin), kProbes).name);
    begin = end + 1;
  }
  std::vector<ProbeEntry> chosen;
  for (const ProbeEntry& entry : kProbes)
    if (std::ranges::find(wanted, entry.name) != wanted.end()) chosen.push_back(entry);
  return chosen;
}

}  // namespace lidit::probes
