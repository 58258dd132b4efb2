#include "encoders/text/replace_normalizer.h"

#include <utility>

namespace lidit {

void Replace::apply(AlignedText& text) const {
  const AlignedUtf8 utf8 = utf8_of(text);
  const AlignedText content = align(content_);
  AlignedText result;
  const auto character = [&](std::size_t byte) {
    return byte < utf8.text.size() ? static_cast<std::size_t>(utf8.character_of_byte[byte])
                                   : text.size();
  };
  const auto keep = [&](std::size_t from, std::size_t to) {
    result.insert(result.end(), text.begin() + static_cast<std::ptrdiff_t>(from),
                  text.begin() + static_cast<std::ptrdiff_t>(to));
  };
  std::size_t done = 0;
  pattern_.for_each_match(utf8.text, [&](const RegularExpression::Range& match) {
    const std::size_t begin = character(match.first), end = character(match.second);
    keep(done, begin);
    for (const AlignedCharacter& c : content)
      result.push_back({c.value, text[begin].begin, text[end - 1].end});
    done = end;
  });
  keep(done, text.size());
  text = std::move(result);
}

void Prepend::apply(AlignedText& text) const {
  if (text.empty()) return;
  AlignedText content = align(content_);
  for (AlignedCharacter& c : content) c.begin = c.end = text.front().begin;
  text.insert(text.begin(), content.begin(), content.end());
}

}  // namespace lidit
