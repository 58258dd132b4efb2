// BERT's clean-up of text, every character with the bytes that it came from.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace lidit {

struct NormalizedCharacter {
  char32_t value;
  std::int32_t begin, end;  // bytes of the original text
};

struct BertNormalizer {
  bool clean_text = true;            // drops control characters; all white space becomes U+0020
  bool handle_chinese_chars = true;  // spaces around CJK ideographs
  bool strip_accents = true;         // canonical decomposition (NFD) without nonspacing marks
  bool lowercase = true;

  /// `text` must be UTF-8. Unicode 15 tables (utf8proc).
  std::vector<NormalizedCharacter> normalize(std::string_view text) const;
};

/// ASCII's symbols and Unicode's punctuation (P*).
bool is_bert_punctuation(char32_t value);

}  // namespace lidit
