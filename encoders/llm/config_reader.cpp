#include "encoders/llm/config_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "encoders/llm/config_defaults.h"
#include "results/errors.h"
#include "results/files.h"
#include "results/json.h"

namespace lidit {
namespace {

constexpr std::uint64_t kLargestConfig = 1 << 20;
constexpr std::string_view kGgufTokens = "tokenizer.ggml.tokens";

bool is_list_of_words(const nlohmann::json& value) {
  return value.is_array() && !value.empty() &&
         std::ranges::all_of(value, [](const auto& word) { return word.is_string(); });
}

/// Scalars and lists of words of `node` under dotted keys.
void flatten(const nlohmann::json& node, const std::string& prefix, Fields& out) {
  for (const auto& [key, value] : node.items()) {
    if (value.is_object()) flatten(value, prefix + key + ".", out);
    if (value.is_boolean()) out[prefix + key] = value.get<bool>();
    if (value.is_number_integer()) out[prefix + key] = value.get<std::int64_t>();
    if (value.is_number_float()) out[prefix + key] = value.get<double>();
    if (value.is_string()) out[prefix + key] = value.get<std::string>();
    if (is_list_of_words(value)) out[prefix + key] = value.get<std::vector<std::string>>();
  }
}

}  // namespace

ConfigReader::ConfigReader(Fields fields, std::filesystem::path path, Naming naming,
                           std::string_view key)
    : fields_(std::move(fields)), path_(std::move(path)), naming_(naming) {
  const auto found = fields_.find(key);
  const auto* name = found == fields_.end() ? nullptr : std::get_if<std::string>(&found->second);
  if (!name || name->empty())
    throw FileError(
        fmt::format("{}: '{}' does not say which architecture this is", path_.string(), key));
  architecture_ = *name;
}

ConfigReader ConfigReader::from_gguf(const Fields& metadata, std::filesystem::path path) {
  Fields scalars;  // not the tokenizer's long lists
  for (const auto& [key, value] : metadata)
    if (value.index() <= 3) scalars.emplace(key, value);
  // Files leave the vocabulary's size out where the list of tokens says it.
  const auto name = metadata.find("general.architecture"), list = metadata.find(kGgufTokens);
  const auto* architecture =
      name == metadata.end() ? nullptr : std::get_if<std::string>(&name->second);
  const auto* tokens =
      list == metadata.end() ? nullptr : std::get_if<std::vector<std::string>>(&list->second);
  if (architecture && tokens)
    scalars.emplace(*architecture + ".vocab_size", static_cast<std::int64_t>(tokens->size()));
  return {std::move(scalars), std::move(path), Naming::gguf, "general.architecture"};
}

ConfigReader ConfigReader::from_json_file(const std::filesystem::path& path) {
  const nlohmann::json document = parse_json(read_file(path, kLargestConfig), path.string());
  if (!document.is_object())
    throw FileError(fmt::format("{}: a config is a JSON object", path.string()));
  Fields fields;
  const auto text = document.find("text_config");
  const bool has_tower = text != document.end() && text->is_object();
  flatten(with_defaults(has_tower ? *text : document, has_tower), "", fields);
  return {std::move(fields), path, Naming::hugging_face, "model_type"};
}

std::string ConfigReader::full(std::string_view key) const {
  return naming_ == Naming::gguf ? fmt::format("{}.{}", architecture_, key) : std::string(key);
}

bool ConfigReader::has(std::string_view key) const { return fields_.contains(full(key)); }

const Value& ConfigReader::at(std::string_view key) const {
  const auto found = fields_.find(full(key));
  if (found == fields_.end())
    throw FileError(fmt::format("{}: '{}' is missing", path_.string(), full(key)));
  return found->second;
}

std::int64_t ConfigReader::count(std::string_view key, std::int64_t limit) const {
  const Value& value = at(key);
  const auto* number = std::get_if<std::int64_t>(&value);
  if (!number || *number < 1 || *number > limit)
    throw FileError(fmt::format("{}: '{}' is {}, not an integer from 1 to {}", path_.string(),
                                full(key), to_text(value), limit));
  return *number;
}

std::int64_t ConfigReader::count_or(std::string_view key, std::int64_t limit,
                                    std::int64_t fallback) const {
  return has(key) ? count(key, limit) : fallback;
}

double ConfigReader::positive(std::string_view key) const {
  const Value& value = at(key);
  double number = std::nan("");
  if (const auto* real = std::get_if<double>(&value)) number = *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    number = static_cast<double>(*integer);
  if (!(number > 0 && std::isfinite(number)))
    throw FileError(fmt::format("{}: '{}' is {}, not a number above 0", path_.string(), full(key),
                                to_text(value)));
  return number;
}

template <class T>
const T& ConfigReader::as(std::string_view key, std::string_view kind) const {
  const Value& value = at(key);
  if (const auto* found = std::get_if<T>(&value)) return *found;
  throw FileError(
      fmt::format("{}: '{}' is {}, not {}", path_.string(), full(key), to_text(value), kind));
}

double ConfigReader::positive_or(std::string_view key, double fallback) const {
  return has(key) ? positive(key) : fallback;
}

std::string ConfigReader::text_or(std::string_view key, std::string fallback) const {
  return has(key) ? as<std::string>(key, "a text") : std::move(fallback);
}

bool ConfigReader::flag_or(std::string_view key, bool fallback) const {
  return has(key) ? as<bool>(key, "true or false") : fallback;
}

std::vector<std::string> ConfigReader::texts(std::string_view key) const {
  return as<std::vector<std::string>>(key, "a list of words");
}

void ConfigReader::require_absent(std::string_view key) const {
  if (has(key))
    throw FileError(fmt::format("{}: '{}' is {}, which is not supported here", path_.string(),
                                full(key), to_text(at(key))));
}

void ConfigReader::require(std::string_view key, const Value& value) const {
  const auto found = fields_.find(full(key));
  if (found != fields_.end() && found->second != value)
    throw FileError(fmt::format("{}: '{}' is {}, and only {} is supported here", path_.string(),
                                full(key), to_text(found->second), to_text(value)));
}

}  // namespace lidit
