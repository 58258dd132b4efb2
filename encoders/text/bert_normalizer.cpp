#include "encoders/text/bert_normalizer.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "encoders/text/utf8.h"

namespace lidit {
namespace {

utf8proc_category_t category(char32_t value) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(value));
}

bool is_control(char32_t value) {
  if (value == '\t' || value == '\n' || value == '\r') return false;
  const auto kind = category(value);
  return kind == UTF8PROC_CATEGORY_CC || kind == UTF8PROC_CATEGORY_CF ||
         kind == UTF8PROC_CATEGORY_CO;
}

bool is_chinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

using Characters = std::vector<NormalizedCharacter>;

int combining_class(const NormalizedCharacter& c) {
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(c.value))->combining_class;
}

Characters decompose(const Characters& from) {
  Characters result;
  for (const NormalizedCharacter& c : from) {
    std::array<utf8proc_int32_t, 32> parts;  // no canonical decomposition is longer than 4
    int boundary = 0;
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c.value), parts.data(),
                                               parts.size(), UTF8PROC_DECOMPOSE, &boundary);
    for (utf8proc_ssize_t i = 0; i < count; ++i)
      result.push_back({static_cast<char32_t>(parts[static_cast<std::size_t>(i)]), c.begin, c.end});
  }
  for (auto run = result.begin(); run != result.end();) {  // canonical order of marks
    const auto is_starter = [](const NormalizedCharacter& c) { return combining_class(c) == 0; };
    const auto begin = std::find_if_not(run, result.end(), is_starter);
    run = std::find_if(begin, result.end(), is_starter);
    std::stable_sort(begin, run, [](const NormalizedCharacter& a, const NormalizedCharacter& b) {
      return combining_class(a) < combining_class(b);
    });
  }
  return result;
}

Characters to_lower(const Characters& from) {
  constexpr char32_t kCapitalDottedI = 0x130, kCombiningDot = 0x307;
  Characters result;
  for (const NormalizedCharacter& c : from) {
    const auto lower = utf8proc_tolower(static_cast<utf8proc_int32_t>(c.value));
    result.push_back({static_cast<char32_t>(lower), c.begin, c.end});
    if (c.value == kCapitalDottedI) result.push_back({kCombiningDot, c.begin, c.end});
  }
  return result;
}

}  // namespace

std::vector<NormalizedCharacter> BertNormalizer::normalize(std::string_view text) const {
  Characters result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const auto begin = static_cast<std::int32_t>(at);
    at += point.size;
    const auto end = static_cast<std::int32_t>(at);
    char32_t value = point.value;
    if (clean_text && (value == 0 || value == 0xFFFD || is_control(value))) continue;
    if (clean_text && is_white_space(value)) value = ' ';
    const bool spaced = handle_chinese_chars && is_chinese(value);
    if (spaced) result.push_back({' ', begin, end});
    result.push_back({value, begin, end});
    if (spaced) result.push_back({' ', begin, end});
  }
  if (strip_accents) {
    result = decompose(result);
    std::erase_if(result, [](const NormalizedCharacter& c) {
      return category(c.value) == UTF8PROC_CATEGORY_MN;
    });
  }
  return lowercase ? to_lower(result) : result;
}

bool is_bert_punctuation(char32_t value) {
  if (value < 0x80)
    return (value >= 0x21 && value <= 0x2F) || (value >= 0x3A && value <= 0x40) ||
           (value >= 0x5B && value <= 0x60) || (value >= 0x7B && value <= 0x7E);
  const auto kind = category(value);
  return kind >= UTF8PROC_CATEGORY_PC && kind <= UTF8PROC_CATEGORY_PO;
}

}  // namespace lidit
