#include "encoders/text/bert_normalizer.h"

#include <utility>

#include "encoders/text/reference_categories.h"
#include "encoders/text/unicode_normalizers.h"
#include "encoders/text/utf8.h"

namespace lidit {
namespace {

/// Of what clean-up drops.
bool is_dropped(char32_t value) {
  if (value == '\t' || value == '\n' || value == '\r') return false;
  return value == 0 || value == 0xFFFD || is_reference_control(value);
}

bool is_chinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

}  // namespace

void BertNormalizer::apply(AlignedText& text) const {
  AlignedText result;
  for (const AlignedCharacter& c : text) {
    char32_t value = c.value;
    if (options_.clean_text && is_dropped(value)) continue;
    if (options_.clean_text && is_white_space(value)) value = ' ';
    const bool spaced = options_.handle_chinese_chars && is_chinese(value);
    if (spaced) result.push_back({' ', c.begin, c.end});
    result.push_back({value, c.begin, c.end});
    if (spaced) result.push_back({' ', c.begin, c.end});
  }
  if (options_.strip_accents) {
    result = decompose(result, false);
    std::erase_if(result,
                  [](const AlignedCharacter& c) { return is_reference_nonspacing(c.value); });
  }
  text = options_.lowercase ? to_lower(result) : std::move(result);
}

}  // namespace lidit
