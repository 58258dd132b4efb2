// Tokens that are found in the text as they stand, before the subword model sees the rest.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/subword_model.h"

namespace lidit {

struct AddedToken {
  std::string content;
  std::int32_t id;
  bool special;                                  // a control token: [CLS], <|im_start|>
  bool strip_left = false, strip_right = false;  // swallows the white space on that side
};

/// Which added tokens are recognised in a text.
enum class Recognise { all, not_special };

class AddedTokens {
 public:
  /// A part of the text: one added token, or (no id) text for the subword model.
  struct Part {
    std::optional<std::int32_t> id;
    std::size_t begin, end;
  };

  AddedTokens() = default;
  /// Contents must be different and not empty.
  explicit AddedTokens(std::vector<AddedToken> tokens);
  /// The parts of `text` in order: leftmost matches, of those the longest.
  std::vector<Part> split(std::string_view text, Recognise recognise) const;
  bool is_special(std::int32_t id) const;

 private:
  const AddedToken* longest_match(std::string_view text, std::size_t at, Recognise recognise) const;

  std::vector<AddedToken> tokens_;       // sorted by content
  std::array<bool, 256> first_bytes_{};  // whether any token begins with this byte
};

}  // namespace lidit
