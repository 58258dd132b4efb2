// UTF-8 in and out: strict, as Unicode's table 3-7 has it (no surrogates, no overlong forms).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace lidit {

struct CodePoint {
  char32_t value;    // U+FFFD when invalid
  std::size_t size;  // bytes it covers; of an invalid sequence its maximal valid prefix, at least 1
  bool valid;
};

/// The code point at `text[at]`; at < text.size().
CodePoint code_point_at(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);
/// Unicode's White_Space property.
bool is_white_space(char32_t value);
/// Appends `value`, which must be a Unicode scalar value.
void append_utf8(std::string& text, char32_t value);

}  // namespace lidit
