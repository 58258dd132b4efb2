// GGUF files byte by byte, the broken ones too.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

/// What is appended comes out as it is: nothing is checked and no count is kept.
class GgufBuilder {
 public:
  GgufBuilder() = default;
  GgufBuilder(std::uint64_t tensors, std::uint64_t key_values, std::uint32_t version = 3) {
    text("GGUF").number(version).number(tensors).number(key_values);
  }

  GgufBuilder& text(std::string_view raw) {
    bytes_ += raw;
    return *this;
  }
  template <class T>
  GgufBuilder& number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
    return *this;
  }
  GgufBuilder& string(std::string_view value) {
    return number(std::uint64_t{value.size()}).text(value);
  }
  GgufBuilder& key(std::string_view name, std::uint32_t type) { return string(name).number(type); }
  GgufBuilder& value(std::string_view name, std::string_view v) { return key(name, 8).string(v); }
  GgufBuilder& value(std::string_view name, std::uint32_t v) { return key(name, 4).number(v); }
  GgufBuilder& value(std::string_view name, const std::vector<std::string>& list) {
    key(name, 9).number(std::uint32_t{8}).number(std::uint64_t{list.size()});
    for (const std::string& v : list) string(v);
    return *this;
  }
  GgufBuilder& value(std::string_view name, const std::vector<std::int32_t>& list) {
    key(name, 9).number(std::uint32_t{5}).number(std::uint64_t{list.size()});
    for (const std::int32_t v : list) number(v);
    return *this;
  }
  /// Sizes in the file's own order: the contiguous dimension first.
  GgufBuilder& tensor(std::string_view name, const std::vector<std::uint64_t>& sizes,
                      std::uint32_t type, std::uint64_t offset) {
    string(name).number(static_cast<std::uint32_t>(sizes.size()));
    for (const std::uint64_t size : sizes) number(size);
    return number(type).number(offset);
  }
  GgufBuilder& pad(std::size_t alignment) {
    bytes_.append((alignment - bytes_.size() % alignment) % alignment, '\0');
    return *this;
  }

  const std::string& str() const { return bytes_; }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(bytes_)); }

 private:
  std::string bytes_;
};

}  // namespace lidit
