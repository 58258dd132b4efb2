#include "results/fields.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "results/json.h"

namespace lidit {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;  // clang 14 does not deduce it by itself

template <class T, class Print>
std::string print_list(const std::vector<T>& list, std::string_view separator, Print print) {
  std::string text = "[";
  for (const T& element : list) {
    if (text.size() > 1) text += separator;
    text += print(element);
  }
  return text + "]";
}

std::string json_double(double number) {
  return std::isfinite(number) ? shortest(number) : '"' + shortest(number) + '"';
}

/// A TOML basic string: JSON's escapes, and DEL escaped too.
std::string quote_toml(const std::string& text) {
  std::string quoted;
  for (const char c : quote_json(text)) {
    if (c == '\x7f')
      quoted += "\\u007F";
    else
      quoted += c;
  }
  return quoted;
}

std::optional<double> as_double(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return non_finite(*text);
  return std::nullopt;
}

template <class T>
std::optional<std::vector<double>> doubles_of(const std::vector<T>& list) {
  std::vector<double> numbers;
  for (const T& element : list) {
    const auto number = as_double(Value(element));
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

template <FieldType T>
std::optional<T> convert(const Value& value) {
  if (const T* same = std::get_if<T>(&value)) return *same;
  if constexpr (std::same_as<T, double>) return as_double(value);
  if constexpr (std::same_as<T, std::vector<double>>) {
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) return doubles_of(*list);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return doubles_of(*list);
  }
  return std::nullopt;
}

bool is_empty_list(const Value& value) {
  return std::visit(Overloaded{[]<class T>(const std::vector<T>& list) { return list.empty(); },
                               [](const auto&) { return false; }},
                    value);
}

}  // namespace

std::string to_json(const Value& value) {
  const auto word = [](const std::string& text) { return quote_json(text); };
  const auto digits = [](std::int64_t integer) { return std::to_string(integer); };
  return std::visit(
      Overloaded{
          [](bool flag) { return std::string(flag ? "true" : "false"); },
          [&](std::int64_t integer) { return digits(integer); },
          [](double number) { return json_double(number); },
          [&](const std::string& text) { return word(text); },
          [&](const std::vector<std::int64_t>& list) { return print_list(list, ",", digits); },
          [](const std::vector<double>& list) { return print_list(list, ",", json_double); },
          [&](const std::vector<std::string>& list) { return print_list(list, ",", word); }},
      value);
}

std::string to_json(const Fields& fields) {
  std::string text = "{";
  for (const auto& [key, value] : fields) {
    if (text.size() > 1) text += ',';
    text += quote_json(key) + ':' + to_json(value);
  }
  return text + '}';
}

Fields fields_from_json(std::string_view text, std::string_view where) {
  return fields_from_json(parse_json(text, where), where);
}

std::string to_text(const Value& value) {
  const auto digits = [](std::int64_t integer) { return std::to_string(integer); };
  return std::visit(
      Overloaded{
          [](bool flag) { return std::string(flag ? "true" : "false"); },
          [&](std::int64_t integer) { return digits(integer); },
          [](double number) { return shortest(number); },
          [](const std::string& text) { return quote_toml(text); },
          [&](const std::vector<std::int64_t>& list) { return print_list(list, ", ", digits); },
          [](const std::vector<double>& list) { return print_list(list, ", ", shortest); },
          [](const std::vector<std::string>& list) { return print_list(list, ", ", quote_toml); }},
      value);
}

std::string_view kind_name(const Value& value) {
  constexpr std::string_view kNames[] = {"true or false", "integer",          "number",
                                         "text",          "list of integers", "list of numbers",
                                         "list of texts"};
  static_assert(std::size(kNames) == std::variant_size_v<Value>);
  return kNames[value.index()];
}

template <FieldType T>
T get(const Fields& fields, std::string_view key) {
  const auto found = fields.find(key);
  if (found == fields.end())
    throw SpecError(fmt::format("setting '{}' is missing ({} wanted)", key, kind_name(Value(T{}))));
  if (auto value = convert<T>(found->second)) return *std::move(value);
  if (Value(T{}).index() > 3 && is_empty_list(found->second)) return T{};
  throw SpecError(fmt::format("setting '{}' is {}, which is of the kind '{}'; wanted: {}", key,
                              to_text(found->second), kind_name(found->second),
                              kind_name(Value(T{}))));
}

template <FieldType T>
T get_or(const Fields& fields, std::string_view key, T fallback) {
  return fields.contains(key) ? get<T>(fields, key) : std::move(fallback);
}

#define LIDIT_INSTANTIATE(T)                                     \
  template T get<T>(const Fields& fields, std::string_view key); \
  template T get_or<T>(const Fields& fields, std::string_view key, T fallback)
LIDIT_INSTANTIATE(bool);
LIDIT_INSTANTIATE(std::int64_t);
LIDIT_INSTANTIATE(double);
LIDIT_INSTANTIATE(std::string);
LIDIT_INSTANTIATE(std::vector<std::int64_t>);
LIDIT_INSTANTIATE(std::vector<double>);
LIDIT_INSTANTIATE(std::vector<std::string>);
#undef LIDIT_INSTANTIATE

}  // namespace lidit
