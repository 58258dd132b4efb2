// Answers to an unknown name: what it was, what is near, what there is.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit {

/// "unknown strategy 'raw-lm'; did you mean 'raw-llm'? Choices: a, b, c."
std::string unknown_name(std::string_view kind, std::string_view name,
                         std::span<const std::string> choices);
/// The choice with the least edit distance when that is small enough to be a slip, else empty.
std::string nearest_name(std::string_view name, std::span<const std::string> choices);

/// The entry of `table` whose `name` this is; SpecError with all their names when there is none.
template <class Table>
const auto& find_named(std::string_view kind, std::string_view name, const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) {
    if (entry.name == name) return entry;
    names.emplace_back(entry.name);
  }
  throw SpecError(unknown_name(kind, name, names));
}

}  // namespace lidit
