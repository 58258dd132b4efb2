#include "encoders/strategies/setting_reader.h"

#include <stdexcept>

namespace lidit {

std::int64_t bounded(const Fields& fields, std::span<const KeyDescription> keys,
                     std::string_view key) {
  const auto number = get<std::int64_t>(fields, key);
  for (const KeyDescription& description : keys) {
    if (description.key != key || !description.at_least) continue;
    if (number >= *description.at_least && number <= *description.at_most) return number;
    throw SpecError(std::string(key) + ": " + std::to_string(number) + " is not between " +
                    std::to_string(*description.at_least) + " and " +
                    std::to_string(*description.at_most) + ".");
  }
  throw std::logic_error("no bounds for " + std::string(key));
}

}  // namespace lidit
