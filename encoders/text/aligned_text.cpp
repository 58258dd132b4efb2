#include "encoders/text/aligned_text.h"

#include <algorithm>

#include "encoders/text/utf8.h"

namespace lidit {

AlignedText align(std::string_view text) {
  AlignedText aligned;
  aligned.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const std::size_t end = at + point.size;
    aligned.push_back({point.value, static_cast<std::int32_t>(at), static_cast<std::int32_t>(end)});
    at = end;
  }
  return aligned;
}

AlignedUtf8 utf8_of(const AlignedText& text) {
  AlignedUtf8 utf8;
  for (std::size_t i = 0; i < text.size(); ++i) {
    append_utf8(utf8.text, text[i].value);
    utf8.character_of_byte.resize(utf8.text.size(), static_cast<std::int32_t>(i));
  }
  return utf8;
}

void to_original_spans(const AlignedText& text, const AlignedUtf8& utf8, std::size_t first,
                       std::vector<Token>& tokens) {
  const auto character = [&](std::int32_t byte) {
    return static_cast<std::size_t>(utf8.character_of_byte[static_cast<std::size_t>(byte)]);
  };
  for (std::size_t i = first; i < tokens.size(); ++i) {
    Token& token = tokens[i];
    if (token.begin >= token.end) {
      const bool behind = static_cast<std::size_t>(token.begin) >= utf8.text.size();
      const std::int32_t place = text.empty() ? 0
                                 : behind     ? text.back().end
                                              : text[character(token.begin)].begin;
      token.begin = token.end = place;
      continue;
    }
    const std::size_t from = character(token.begin), to = character(token.end - 1);
    token.begin = text[from].begin;
    token.end = text[from].end;
    for (std::size_t c = from + 1; c <= to; ++c) {  // canonical order may have moved marks
      token.begin = std::min(token.begin, text[c].begin);
      token.end = std::max(token.end, text[c].end);
    }
  }
}

}  // namespace lidit
