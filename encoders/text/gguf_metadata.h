// Members of a GGUF file's key-values, each checked for its kind; every error is a FileError.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "results/errors.h"
#include "results/fields.h"

namespace lidit {

class GgufMetadata {
 public:
  /// Both must outlive the object; `where` begins every error.
  GgufMetadata(const Fields& metadata, std::string_view where)
      : metadata_(metadata), where_(where) {}

  /// nullptr when the key is absent; throws when its value is of another kind.
  template <class T>
  const T* find(std::string_view key) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end()) return nullptr;
    const T* value = std::get_if<T>(&found->second);
    if (!value) fail(fmt::format("'{}' is a {}", key, kind_name(found->second)));
    return value;
  }
  template <class T>
  const T& get(std::string_view key) const {
    const T* value = find<T>(key);
    if (!value) fail(fmt::format("has no '{}'", key));
    return *value;
  }
  bool flag(std::string_view key, bool fallback) const {
    const bool* value = find<bool>(key);
    return value ? *value : fallback;
  }
  /// The id of a token of `count`; nothing when the key is absent.
  std::optional<std::int32_t> id(std::string_view key, std::size_t count) const {
    const auto* id = find<std::int64_t>(key);
    if (!id) return std::nullopt;
    if (*id < 0 || static_cast<std::uint64_t>(*id) >= count)
      fail(fmt::format("'{}' is {}, which is none of the {} tokens", key, *id, count));
    return static_cast<std::int32_t>(*id);
  }
  std::string_view where() const { return where_; }
  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(fmt::format("{}: {}.", where_, what));
  }

 private:
  const Fields& metadata_;
  std::string_view where_;
};

}  // namespace lidit
