#include "ablations/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

#include "results/names.h"

namespace lidit {
namespace {

constexpr std::string_view kArticles[] = {
    "true or false",      "an integer",        "a number",       "a text",
    "a list of integers", "a list of numbers", "a list of texts"};

/// A key of three parts or more: "metrics", "mine" and "command".
struct KeyParts {
  std::string_view group, name, rest;
};
std::optional<KeyParts> parts_of(std::string_view key) {
  const std::size_t first = key.find('.');
  if (first == key.npos) return std::nullopt;
  const std::size_t second = key.find('.', first + 1);
  if (second == key.npos) return std::nullopt;
  return KeyParts{key.substr(0, first), key.substr(first + 1, second - first - 1),
                  key.substr(second + 1)};
}

constexpr std::size_t kLongestName = 40;

/// "metrics.mine.command" as "metrics.*.command"; empty when the second part is no name.
std::string with_star(std::string_view key) {
  const auto parts = parts_of(key);
  const auto is_legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!parts || parts->name.empty() || parts->name.size() > kLongestName ||
      !std::ranges::all_of(parts->name, is_legal))
    return "";
  return fmt::format("{}.*.{}", parts->group, parts->rest);
}

/// "encoder.1.layer" as "encoder.layer"; empty when the second part is no index below 16.
std::string without_index(std::string_view key) {
  const auto parts = parts_of(key);
  if (!parts) return "";
  const std::string_view index = parts->name;
  const bool one_digit = index.size() == 1 && index[0] >= '0' && index[0] <= '9';
  const bool two_digits =
      index.size() == 2 && index[0] == '1' && index[1] >= '0' && index[1] <= '5';
  if (!one_digit && !two_digits) return "";
  return fmt::format("{}.{}", parts->group, parts->rest);
}

/// A key that a spec could have: a star becomes a name.
std::string example_of(std::string name) {
  if (const std::size_t star = name.find('*'); star != name.npos) name.replace(star, 1, "name");
  return name;
}

/// The value in the wanted kind, when that loses nothing.
std::optional<Value> as_kind(Value value, Kind kind) {
  const auto wanted = static_cast<std::size_t>(kind);
  if (value.index() == wanted) return value;
  if (kind == Kind::number && std::holds_alternative<std::int64_t>(value))
    return static_cast<double>(std::get<std::int64_t>(value));
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {  // also any empty list
    if (kind == Kind::numbers) return std::vector<double>(list->begin(), list->end());
    if (kind == Kind::texts && list->empty()) return std::vector<std::string>{};
  }
  return std::nullopt;
}

bool is_allowed(double number, const KeySpec& key) {
  return std::isfinite(number) && !(key.at_least && number < *key.at_least) &&
         !(key.at_most && number > *key.at_most);
}
bool is_allowed(std::int64_t integer, const KeySpec& key) {
  return is_allowed(static_cast<double>(integer), key);
}
bool is_allowed(bool, const KeySpec&) { return true; }
bool is_allowed(const std::string& text, const KeySpec& key) {
  return key.choices.empty() || std::ranges::find(key.choices, text) != key.choices.end();
}
template <class T>
bool is_allowed(const std::vector<T>& list, const KeySpec& key) {
  return std::ranges::all_of(list, [&](const T& element) { return is_allowed(element, key); });
}

}  // namespace

std::string describe(const KeySpec& key) {
  std::string text(kArticles[static_cast<std::size_t>(key.kind)]);
  const auto bound = [](double number) {
    return number == std::floor(number) && std::abs(number) < 1e15 ? fmt::format("{:.0f}", number)
                                                                   : to_text(number);
  };
  if (key.at_least) text += fmt::format(", at least {}", bound(*key.at_least));
  if (key.at_most) text += fmt::format(", at most {}", bound(*key.at_most));
  if (!key.choices.empty()) text += fmt::format(" of {}", fmt::join(key.choices, ", "));
  return text;
}

Schema::Schema(std::vector<KeySpec> keys) : keys_(std::move(keys)) {
  std::ranges::sort(keys_, {}, &KeySpec::name);
  const auto twice = std::ranges::adjacent_find(keys_, {}, &KeySpec::name);
  if (twice != keys_.end()) throw std::logic_error("key given twice: " + twice->name);
  for (KeySpec& key : keys_) {
    try {
      if (key.default_value)
        key.default_value = check(example_of(key.name), *key.default_value, "default");
    } catch (const SpecError& error) {
      throw std::logic_error(error.what());
    }
  }
}

const KeySpec& Schema::find(std::string_view key, std::string_view where) const {
  const auto look_up = [&](std::string_view name) -> const KeySpec* {
    const auto found = std::ranges::lower_bound(keys_, name, {}, &KeySpec::name);
    return found != keys_.end() && found->name == name ? &*found : nullptr;
  };
  if (const KeySpec* exact = look_up(key); exact && key.find('*') == key.npos) return *exact;
  if (const KeySpec* starred = look_up(with_star(key))) return *starred;
  const KeySpec* family = look_up(without_index(key));
  if (family && family->indexed) return *family;
  throw SpecError(fmt::format("{}: {}", where, unknown_name("key", key, neighbours(key))));
}

/// The keys of the same group, or the groups when there is no such group.
std::vector<std::string> Schema::neighbours(std::string_view key) const {
  const std::string_view group = key.substr(0, key.find('.'));
  std::vector<std::string> all, near;
  for (const KeySpec& other : keys_) {
    all.push_back(other.name);
    if (std::string_view(other.name).substr(0, other.name.find('.')) == group)
      near.push_back(other.name);
  }
  const std::string nearest = nearest_name(key, all);
  if (!nearest.empty() && std::ranges::find(near, nearest) == near.end()) near.push_back(nearest);
  if (!near.empty()) return near;
  for (const std::string& name : all) {
    const std::string first =
        name.find('.') == name.npos ? name : name.substr(0, name.find('.')) + ".*";
    if (near.empty() || near.back() != first) near.push_back(first);
  }
  return near;
}

Value Schema::check(std::string_view key, Value value, std::string_view where) const {
  const KeySpec& spec = find(key, where);
  const auto converted = as_kind(value, spec.kind);
  if (converted &&
      std::visit([&](const auto& typed) { return is_allowed(typed, spec); }, *converted))
    return *converted;
  std::string hint;
  if (const auto* text = std::get_if<std::string>(&value)) {
    const std::string nearest = nearest_name(*text, spec.choices);
    if (!nearest.empty()) hint = fmt::format("; did you mean '{}'?", nearest);
  }
  std::string shown = to_text(value);
  if (shown.size() > 200) shown = fmt::format("{} of {} bytes", kind_name(value), shown.size());
  throw SpecError(fmt::format("{}: '{}' cannot be {}{} Allowed: {}.", where, key, shown,
                              hint.empty() ? "." : hint, describe(spec)));
}

void Schema::fill_defaults(Fields& settings) const {
  std::set<std::string> families;  // "metrics.mine"
  for (const auto& [key, value] : settings)
    if (const auto parts = parts_of(key))
      families.insert(fmt::format("{}.{}", parts->group, parts->name));
  for (const KeySpec& key : keys_) {
    if (!key.default_value) continue;
    const std::size_t star = key.name.find(".*");
    if (star == key.name.npos) settings.try_emplace(key.name, *key.default_value);
    for (const std::string& family : families)
      if (star != key.name.npos && family.starts_with(key.name.substr(0, star + 1)))
        settings.try_emplace(family + key.name.substr(star + 2), *key.default_value);
  }
}

}  // namespace lidit
