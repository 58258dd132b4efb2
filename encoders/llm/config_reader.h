// The numbers of a model's config, from config.json or from GGUF metadata, with every value
// checked.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "results/fields.h"

namespace lidit {

/// Whose names a model's files use, for settings and for tensors.
enum class Naming { hugging_face, gguf };

class ConfigReader {
 public:
  /// Settings of a GGUF file: keys are asked for without the architecture's prefix.
  static ConfigReader from_gguf(const Fields& metadata, std::filesystem::path path);
  /// config.json; nested objects become dotted keys, nulls are absent. Of a multimodal model it is
  /// the text tower's part ("text_config"). What is left out may have the value that the library
  /// which wrote it assumes (config_defaults.h). Throws FileError.
  static ConfigReader from_json_file(const std::filesystem::path& path);

  Naming naming() const { return naming_; }
  /// "llama", "bert": general.architecture, or model_type. Throws FileError when there is none.
  const std::string& architecture() const { return architecture_; }
  const std::filesystem::path& path() const { return path_; }

  bool has(std::string_view key) const;
  /// An integer in 1..limit; throws FileError otherwise, or when it is absent.
  std::int64_t count(std::string_view key, std::int64_t limit) const;
  std::int64_t count_or(std::string_view key, std::int64_t limit, std::int64_t fallback) const;
  /// A finite number above zero.
  double positive(std::string_view key) const;
  double positive_or(std::string_view key, double fallback) const;
  std::string text_or(std::string_view key, std::string fallback) const;
  bool flag_or(std::string_view key, bool fallback) const;
  /// A list of words.
  std::vector<std::string> texts(std::string_view key) const;
  /// Throws FileError unless `key` is absent or equal to `value`: what this program computes.
  void require(std::string_view key, const Value& value) const;
  void require_absent(std::string_view key) const;

 private:
  ConfigReader(Fields fields, std::filesystem::path path, Naming naming, std::string_view key);
  const Value& at(std::string_view key) const;
  template <class T>
  const T& as(std::string_view key, std::string_view kind) const;
  std::string full(std::string_view key) const;

  Fields fields_;
  std::filesystem::path path_;
  Naming naming_;
  std::string architecture_;
};

}  // namespace lidit
