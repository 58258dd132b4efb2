// The part of a tokenizer that differs by kind: ordinary text to the ids of its pieces.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "encoders/text/tokenizer.h"

namespace lidit {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
using Vocabulary = std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>>;

inline std::optional<std::int32_t> find_id(const Vocabulary& vocabulary, std::string_view token) {
  const auto found = vocabulary.find(token);
  return found == vocabulary.end() ? std::nullopt : std::optional(found->second);
}

class SubwordModel {
 public:
  virtual ~SubwordModel() = default;
  /// Appends the tokens of `text` (valid UTF-8), with spans in bytes of `text`. `at_start`: nothing
  /// stands before it. Never gives the id of a special token, whatever the text says.
  virtual void encode(std::string_view text, bool at_start, std::vector<Token>& tokens) const = 0;
};

}  // namespace lidit
