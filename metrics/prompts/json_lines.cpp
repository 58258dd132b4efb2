#include "metrics/prompts/json_lines.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "metrics/prompts/text_file.h"
#include "results/json.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;

constexpr std::string_view kBlanks = " \t\r\n";

FileError wrong_member(std::string_view where, std::string_view key, std::string_view should) {
  return FileError(fmt::format("{}: '{}' should be {}", where, key, should));
}

std::optional<double> number_of(const json& node) {
  if (node.is_number()) return node.get<double>();
  if (!node.is_string()) return std::nullopt;
  const auto& text = node.get_ref<const std::string&>();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void take_object(const json& node, std::string_view where, const TakeObject& take) {
  if (!node.is_object()) throw FileError(fmt::format("{}: not a JSON object", where));
  take(node, where);
}

}  // namespace

void for_each_json_line(std::string_view text, std::string_view where, const TakeObject& take) {
  for (const Line& line : split_lines(text)) {
    if (line.text.find_first_not_of(kBlanks) == line.text.npos) continue;
    const std::string place = fmt::format("{}: line {}", where, line.number);
    take_object(parse_json(line.text, place), place, take);
  }
}

void for_each_json_object(std::string_view text, std::string_view where, const TakeObject& take) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos || text[first] != '[') return for_each_json_line(text, where, take);
  std::int64_t number = 0;
  for (const json& node : parse_json(text, where))
    take_object(node, fmt::format("{}: entry {}", where, ++number), take);
}

const json& member(const json& object, std::string_view key, std::string_view where) {
  const auto found = object.find(key);
  if (found == object.end()) throw FileError(fmt::format("{}: '{}' is missing", where, key));
  return *found;
}

std::string text_member(const json& object, std::string_view key, std::string_view where) {
  const json& node = member(object, key, where);
  if (!node.is_string()) throw wrong_member(where, key, "a text");
  return node.get<std::string>();
}

std::int64_t count_member(const json& object, std::string_view key, std::int64_t most,
                          std::string_view where) {
  const json& node = member(object, key, where);
  const bool whole =
      node.is_number_unsigned() && node.get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
  if (!whole) throw wrong_member(where, key, fmt::format("a whole number from 0 to {}", most));
  return node.get<std::int64_t>();
}

const json& list_member(const json& object, std::string_view key, std::string_view where) {
  const json& node = member(object, key, where);
  if (!node.is_array()) throw wrong_member(where, key, "a list");
  return node;
}

std::vector<std::string> texts_member(const json& object, std::string_view key,
                                      std::string_view where) {
  std::vector<std::string> texts;
  for (const json& node : list_member(object, key, where)) {
    if (!node.is_string()) throw wrong_member(where, key, "a list of texts");
    texts.push_back(node.get<std::string>());
  }
  return texts;
}

double number_between(const json& node, double low, double high, std::string_view what,
                      std::string_view where) {
  const std::optional<double> number = number_of(node);
  if (!number || !(*number >= low && *number <= high))
    throw FileError(fmt::format("{}: {} should be a number from {} to {}, not {}", where, what, low,
                                high, node.dump(-1, ' ', true, json::error_handler_t::replace)));
  return *number;
}

}  // namespace lidit::benchmarks
