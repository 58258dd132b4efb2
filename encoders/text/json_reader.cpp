#include "encoders/text/json_reader.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "results/errors.h"

namespace lidit {

JsonReader::JsonReader(const Json& value, std::string where)
    : value_(&value), where_(std::move(where)) {
  if (!value.is_object()) fail("is not a JSON object");
}

void JsonReader::fail(std::string_view what) const {
  throw FileError(fmt::format("{}: {}.", where_, what));
}

bool JsonReader::has(const char* key) const {
  const auto found = value_->find(key);
  return found != value_->end() && !found->is_null();
}

const JsonReader::Json& JsonReader::member(const char* key) const {
  if (!has(key)) fail(fmt::format("has no '{}'", key));
  return *value_->find(key);
}

std::string JsonReader::text(const char* key) const {
  if (!member(key).is_string()) fail(fmt::format("'{}' is not a string", key));
  return member(key).get<std::string>();
}

bool JsonReader::boolean(const char* key) const {
  if (!member(key).is_boolean()) fail(fmt::format("'{}' is neither true nor false", key));
  return member(key).get<bool>();
}

std::int32_t JsonReader::id(const char* key) const {
  return token_id(member(key), fmt::format("{}, {}", where_, key));
}

JsonReader JsonReader::object(const char* key) const {
  return {member(key), fmt::format("{}, {}", where_, key)};
}

std::vector<JsonReader> JsonReader::list(const char* key) const {
  if (!member(key).is_array()) fail(fmt::format("'{}' is not a list", key));
  std::vector<JsonReader> readers;
  for (const Json& element : member(key))
    readers.emplace_back(element, fmt::format("{}, {} {}", where_, key, readers.size()));
  return readers;
}

void JsonReader::require(const char* key, const Json& only) const {
  if (has(key) && member(key) != only)
    fail(fmt::format("'{}' is {}; only {} is supported", key, member(key).dump(), only.dump()));
}

std::int32_t token_id(const nlohmann::json& value, std::string_view where) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kLargest)
    throw FileError(fmt::format("{}: a token's id is no whole number up to {}.", where, kLargest));
  return static_cast<std::int32_t>(value.get<std::uint64_t>());
}

}  // namespace lidit
