#include "metrics/alignment/switches.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "results/errors.h"
#include "results/names.h"

namespace lidit::benchmarks {

Switches::Switches(std::span<const Switch> known, std::span<const SwitchPreset> presets,
                   std::span<const std::string> asked) {
  for (const Switch& entry : known) values_.emplace(entry.name, entry.choices.front());
  for (const std::string& word : asked) {
    const std::size_t equals = word.find('=');
    if (equals != word.npos) {
      set(known, word.substr(0, equals), word.substr(equals + 1));
      continue;
    }
    const auto preset = std::ranges::find(presets, word, &SwitchPreset::name);
    if (preset == presets.end()) {
      std::vector<std::string> names;
      for (const SwitchPreset& choice : presets) names.emplace_back(choice.name);
      for (const Switch& entry : known) names.push_back(std::string(entry.name) + "=...");
      if (names.empty()) throw UserError("--legacy: this benchmark has one version only");
      throw UserError(unknown_name("legacy rule", word, names));
    }
    for (const auto& [name, value] : preset->values) set(known, name, value);
  }
}

void Switches::set(std::span<const Switch> known, const std::string& name,
                   const std::string& value) {
  std::vector<std::string> names;
  for (const Switch& entry : known) names.emplace_back(entry.name);
  const auto entry = std::ranges::find(known, name, &Switch::name);
  if (entry == known.end())
    throw UserError(names.empty() ? "--legacy: this benchmark has one version only"
                                  : unknown_name("legacy switch", name, names));
  if (std::ranges::find(entry->choices, value) == entry->choices.end())
    throw UserError(unknown_name("value of " + name, value, entry->choices));
  values_[name] = value;
  asked_[name] = value;
}

const std::string& Switches::operator[](std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::logic_error(fmt::format("no switch '{}'", name));
  return found->second;
}

bool Switches::was_asked(std::string_view name) const { return asked_.contains(name); }

Fields Switches::fields() const {
  Fields fields;
  for (const auto& [name, value] : values_) fields.emplace(name, value);
  return fields;
}

}  // namespace lidit::benchmarks
