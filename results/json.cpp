#include "results/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

namespace lidit {
namespace {

using nlohmann::json;

bool is_integer(const json& node) {
  return node.is_number_integer() &&
         (!node.is_number_unsigned() ||
          node.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
}

bool is_double(const json& node) {
  return node.is_number() || (node.is_string() && non_finite(node.get_ref<const std::string&>()));
}

double to_double(const json& node) {
  return node.is_string() ? *non_finite(node.get_ref<const std::string&>()) : node.get<double>();
}

/// The kind of a list is the narrowest one that holds all its elements; a list of words stays one
/// even when a word is "nan".
std::optional<Value> list_value(const json& node) {
  if (std::ranges::all_of(node, is_integer)) return node.get<std::vector<std::int64_t>>();
  if (std::ranges::all_of(node, [](const json& e) { return e.is_string(); }))
    return node.get<std::vector<std::string>>();
  if (!std::ranges::all_of(node, is_double)) return std::nullopt;
  std::vector<double> list;
  std::ranges::transform(node, std::back_inserter(list), to_double);
  return list;
}

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view where, int depth_limit) {
  std::vector<std::unordered_set<std::string>> keys;  // of the objects that are open
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > depth_limit)
      throw FileError(fmt::format("{}: JSON nested deeper than {} levels", where, depth_limit));
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(key).second)
        throw FileError(fmt::format("{}: key '{}' is given twice", where, key));
    }
    return true;
  };
  try {
    return json::parse(text, check);
  } catch (const json::exception& error) {
    std::string_view reason = error.what();  // "[json.exception.parse_error.101] parse error ..."
    if (const auto end = reason.find("] "); end != reason.npos) reason.remove_prefix(end + 2);
    throw FileError(fmt::format("{}: not valid JSON: {}", where, reason));
  }
}

Value value_from_json(const nlohmann::json& node, std::string_view where, std::string_view key) {
  if (node.is_boolean()) return node.get<bool>();
  if (node.is_string()) return node.get<std::string>();
  if (is_integer(node)) return node.get<std::int64_t>();
  if (node.is_number_float()) return node.get<double>();
  if (node.is_array())
    if (auto list = list_value(node)) return *std::move(list);
  throw FileError(
      fmt::format("{}: '{}' should be true, false, an integer below 2^63, a number, a text or a "
                  "list of one kind",
                  where, key));
}

Fields fields_from_json(const nlohmann::json& node, std::string_view where) {
  if (!node.is_object()) throw FileError(fmt::format("{}: not a JSON object", where));
  Fields fields;
  for (const auto& [key, value] : node.items())
    fields.emplace(key, value_from_json(value, where, key));
  return fields;
}

std::string quote_json(std::string_view text) {
  try {
    return json(text).dump();
  } catch (const json::exception&) {
    throw UserError(fmt::format("text of {} bytes is not UTF-8", text.size()));
  }
}

std::string shortest(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == text.npos) text += ".0";
  return text;
}

std::optional<double> non_finite(std::string_view text) {
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace lidit
