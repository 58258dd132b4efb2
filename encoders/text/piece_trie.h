// Which pieces of a vocabulary begin at a place of a text.
#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lidit {

class PieceTrie {
 public:
  /// `value` must not be negative; the last value of a piece counts.
  void insert(std::string_view piece, std::int32_t value) {
    std::int32_t node = 0;
    for (const char byte : piece) {
      const auto next = static_cast<std::int32_t>(values_.size());
      const auto [edge, is_new] = edges_.emplace(key(node, byte), next);
      if (is_new) values_.push_back(-1);
      node = edge->second;
    }
    values_[static_cast<std::size_t>(node)] = value;
  }

  /// Calls found(size, value) with every piece that `text` begins with, the shortest first.
  template <class Found>
  void for_each_prefix(std::string_view text, Found found) const {
    std::int32_t node = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto edge = edges_.find(key(node, text[i]));
      if (edge == edges_.end()) return;
      node = edge->second;
      if (const std::int32_t value = values_[static_cast<std::size_t>(node)]; value >= 0)
        found(i + 1, value);
    }
  }

  /// Bytes of the longest piece that `text` begins with; 0: none.
  std::size_t longest_prefix(std::string_view text) const {
    std::size_t longest = 0;
    for_each_prefix(text, [&](std::size_t size, std::int32_t) { longest = size; });
    return longest;
  }

 private:
  static std::uint64_t key(std::int32_t node, char byte) {
    return static_cast<std::uint64_t>(node) << 8 | static_cast<unsigned char>(byte);
  }

  std::unordered_map<std::uint64_t, std::int32_t> edges_;  // (node, byte) to node
  std::vector<std::int32_t> values_{-1};                   // -1: no piece ends here
};

}  // namespace lidit
