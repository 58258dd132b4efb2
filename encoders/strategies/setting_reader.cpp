#include "encoders/strategies/setting_reader.h"

#include <fmt/format.h>

#include <stdexcept>

namespace lidit {
namespace {

template <class Number>
Number within_bounds(const Fields& fields, std::span<const KeyDescription> keys,
                     std::string_view key) {
  const auto number = get<Number>(fields, key);
  for (const KeyDescription& description : keys) {
    if (description.key != key || !description.at_least) continue;
    const auto value = static_cast<double>(number);
    if (value >= *description.at_least && value <= *description.at_most) return number;
    throw SpecError(fmt::format("{}: {} is not between {} and {}.", key, number,
                                *description.at_least, *description.at_most));
  }
  throw std::logic_error("no bounds for " + std::string(key));
}

}  // namespace

std::int64_t bounded(const Fields& fields, std::span<const KeyDescription> keys,
                     std::string_view key) {
  return within_bounds<std::int64_t>(fields, keys, key);
}

double bounded_number(const Fields& fields, std::span<const KeyDescription> keys,
                      std::string_view key) {
  return within_bounds<double>(fields, keys, key);
}

}  // namespace lidit
