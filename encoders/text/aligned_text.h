// Text under change whose every character knows the bytes that it came from.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/tokenizer.h"

namespace lidit {

struct AlignedCharacter {
  char32_t value;
  std::int32_t begin, end;  // bytes of the original text
};
using AlignedText = std::vector<AlignedCharacter>;

/// `text`, which must be UTF-8, unchanged.
AlignedText align(std::string_view text);

/// The same as UTF-8, and which character each byte belongs to.
struct AlignedUtf8 {
  std::string text;
  std::vector<std::int32_t> character_of_byte;
};
AlignedUtf8 utf8_of(const AlignedText& text);

/// Turns the spans of tokens[first..] from bytes of `utf8.text` into bytes of the original.
void to_original_spans(const AlignedText& text, const AlignedUtf8& utf8, std::size_t first,
                       std::vector<Token>& tokens);

}  // namespace lidit
