// Members of untrusted JSON, each checked for its kind; every error is a FileError that names the
// member.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

class JsonReader {
 public:
  using Json = nlohmann::json;
  /// `value` must outlive the reader; `where` begins every error ("FILE, model").
  JsonReader(const Json& value, std::string where);

  const std::string& where() const { return where_; }
  const Json& value() const { return *value_; }
  /// The text of "type".
  std::string type() const { return text("type"); }
  /// Throw when the member is absent or of another kind.
  std::string text(const char* key) const;
  bool boolean(const char* key) const;
  /// In 0..2^31-1.
  std::int32_t id(const char* key) const;
  /// The member, an object or a list; each of its elements is read by a reader of its own.
  JsonReader object(const char* key) const;
  std::vector<JsonReader> list(const char* key) const;
  /// Absent and null are the same.
  bool has(const char* key) const;

  [[noreturn]] void fail(std::string_view what) const;
  /// Throws unless the member is absent, null or equal to `only`.
  void require(const char* key, const Json& only) const;

 private:
  const Json& member(const char* key) const;

  const Json* value_;
  std::string where_;
};

/// An id of a token; throws FileError beginning with `where`.
std::int32_t token_id(const nlohmann::json& value, std::string_view where);

}  // namespace lidit
