// What the groups of settings share: choices by name, and numbers within the bounds of their key.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "encoders/strategies/settings.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {

/// Names and what they stand for, in the order of help texts.
template <class T>
using Choices = std::vector<std::pair<std::string, T>>;

template <class T>
std::vector<std::string> names_of(const Choices<T>& choices) {
  std::vector<std::string> names;
  for (const auto& choice : choices) names.push_back(choice.first);
  return names;
}

/// What the text `key` stands for; throws SpecError with the choices.
template <class T>
T choose(const Fields& fields, const std::string& key, const Choices<T>& choices) {
  const auto name = get<std::string>(fields, key);
  for (const auto& [candidate, value] : choices)
    if (candidate == name) return value;
  throw SpecError(key + ": " + unknown_name("value", name, names_of(choices)));
}

/// The integer `key` within the bounds that its line in `keys` has; throws SpecError with them.
std::int64_t bounded(const Fields& fields, std::span<const KeyDescription> keys,
                     std::string_view key);
/// The number `key` within the bounds that its line in `keys` has; throws SpecError with them.
double bounded_number(const Fields& fields, std::span<const KeyDescription> keys,
                      std::string_view key);

}  // namespace lidit
