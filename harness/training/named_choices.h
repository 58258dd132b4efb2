// Settings that are one of a few words: one table gives the parser, the printer and the list.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/errors.h"
#include "results/names.h"

namespace lidit {

/// The words for the values of `Enum`; `kind` names the setting in messages ("prediction").
template <class Enum, std::size_t N>
struct NamedChoices {
  std::string_view kind;
  std::array<std::pair<std::string_view, Enum>, N> entries;

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, value] : entries) all.emplace_back(name);
    return all;
  }
  /// Throws SpecError with the choices.
  Enum from_name(std::string_view name) const {
    for (const auto& [known, value] : entries)
      if (known == name) return value;
    throw SpecError(unknown_name(kind, name, names()));
  }
  constexpr std::string_view name_of(Enum value) const {
    for (const auto& [name, known] : entries)
      if (known == value) return name;
    return "?";  // not reached: every enumerator has an entry (tested)
  }
};

}  // namespace lidit
