// Switches between versions of a scorer, so that old tables can be matched.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/fields.h"

namespace lidit::benchmarks {

/// A switch with the values it can have; the first is the default.
struct Switch {
  std::string_view name, summary;
  std::vector<std::string> choices;
};

/// Switches that are set together under one name: "official".
struct SwitchPreset {
  std::string_view name;
  std::map<std::string, std::string> values;
};

/// The values of all switches of a benchmark.
class Switches {
 public:
  /// `asked` has presets by name and single switches as "name=value"; later ones win. UserError
  /// that lists the choices for anything unknown.
  Switches(std::span<const Switch> known, std::span<const SwitchPreset> presets,
           std::span<const std::string> asked);

  /// std::logic_error for a switch that the benchmark does not have.
  const std::string& operator[](std::string_view name) const;
  /// Whether somebody asked for it.
  bool was_asked(std::string_view name) const;
  /// All of them, as a record holds them.
  Fields fields() const;

 private:
  void set(std::span<const Switch> known, const std::string& name, const std::string& value);
  std::map<std::string, std::string, std::less<>> values_, asked_;
};

}  // namespace lidit::benchmarks
