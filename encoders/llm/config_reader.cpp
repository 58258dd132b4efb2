#include "encoders/llm/config_reader.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "results/errors.h"
#include "results/files.h"
#include "results/json.h"

namespace lidit {
namespace {

constexpr std::uint64_t kLargestConfig = 1 << 20;

/// Scalars of `node` under dotted keys; lists and nulls are no settings of an architecture.
void flatten(const nlohmann::json& node, const std::string& prefix, Fields& out) {
  for (const auto& [key, value] : node.items()) {
    if (value.is_object()) flatten(value, prefix + key + ".", out);
    if (value.is_boolean()) out[prefix + key] = value.get<bool>();
    if (value.is_number_integer()) out[prefix + key] = value.get<std::int64_t>();
    if (value.is_number_float()) out[prefix + key] = value.get<double>();
    if (value.is_string()) out[prefix + key] = value.get<std::string>();
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
  return {std::move(scalars), std::move(path), Naming::gguf, "general.architecture"};
}

ConfigReader ConfigReader::from_json_file(const std::filesystem::path& path) {
  const nlohmann::json document = parse_json(read_file(path, kLargestConfig), path.string());
  if (!document.is_object())
    throw FileError(fmt::format("{}: a config is a JSON object", path.string()));
  Fields fields;
  flatten(document, "", fields);
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

void ConfigReader::require(std::string_view key, const Value& value) const {
  const auto found = fields_.find(full(key));
  if (found != fields_.end() && found->second != value)
    throw FileError(fmt::format("{}: '{}' is {}, and only {} is supported here", path_.string(),
                                full(key), to_text(found->second), to_text(value)));
}

}  // namespace lidit
