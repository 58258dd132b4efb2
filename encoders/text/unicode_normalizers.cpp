#include "encoders/text/unicode_normalizers.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

#include "encoders/text/reference_categories.h"
#include "encoders/text/utf8.h"

namespace lidit {
namespace {

int combining_class(const AlignedCharacter& c) { return reference_combining_class(c.value); }

std::optional<char32_t> primary_composite(char32_t first, char32_t second) {
  std::array<utf8proc_int32_t, 3> pair{static_cast<utf8proc_int32_t>(first),
                                       static_cast<utf8proc_int32_t>(second), 0};
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  if (utf8proc_normalize_utf32(pair.data(), 2, options) != 1) return std::nullopt;
  const auto composite = static_cast<char32_t>(pair[0]);
  return has_reference_decomposition(composite) ? std::optional(composite) : std::nullopt;
}

/// Of text in canonical order (UAX 15, D117).
AlignedText compose(const AlignedText& from) {
  AlignedText result;
  std::optional<std::size_t> starter;  // the last one; nothing blocks what directly follows it
  int last_class = 0;
  for (const AlignedCharacter& c : from) {
    const int own_class = combining_class(c);
    const bool adjacent = starter && *starter + 1 == result.size();
    if (starter && (adjacent || last_class < own_class)) {
      if (const auto composite = primary_composite(result[*starter].value, c.value)) {
        AlignedCharacter& base = result[*starter];
        base = {*composite, std::min(base.begin, c.begin), std::max(base.end, c.end)};
        continue;
      }
    }
    if (own_class == 0) starter = result.size();
    last_class = own_class;
    result.push_back(c);
  }
  return result;
}

/// A character of a decomposition.
struct Part {
  AlignedCharacter character;
  bool is_first;  // of those that one character became
};

void append_parts(const AlignedCharacter& c, bool compatibility, std::vector<Part>& parts) {
  if (!has_reference_decomposition(c.value)) return parts.push_back({c, true});
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | (compatibility ? UTF8PROC_COMPAT : 0));
  std::array<utf8proc_int32_t, 32> values;  // no decomposition is longer than 18
  int boundary = 0;
  const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c.value), values.data(),
                                             values.size(), options, &boundary);
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    parts.push_back(
        {{static_cast<char32_t>(values[static_cast<std::size_t>(i)]), c.begin, c.end}, i == 0});
}

/// Sorts a run of marks, which `before` precedes: nothing at the text's start, where a run is
/// sorted with a first part in front. As in the reference the spans stay where they are: the first
/// parts get those of the run in order, the others that of their predecessor.
void order_marks(std::span<Part> run, const AlignedCharacter* before) {
  const auto by_class = [](const Part& a, const Part& b) {
    return combining_class(a.character) < combining_class(b.character);
  };
  if (std::is_sorted(run.begin(), run.end(), by_class)) return;
  AlignedText spans;
  for (const Part& part : run)
    if (part.is_first) spans.push_back(part.character);
  std::stable_sort(run.begin(), run.end(), by_class);
  auto next = spans.begin();
  for (Part& part : run) {
    const AlignedCharacter& span = part.is_first ? *next++ : *before;
    part.character = {part.character.value, span.begin, span.end};
    before = &part.character;
  }
}

}  // namespace

AlignedText decompose(const AlignedText& text, bool compatibility) {
  std::vector<Part> parts;
  for (const AlignedCharacter& c : text) append_parts(c, compatibility, parts);
  const auto is_starter = [](const Part& part) { return combining_class(part.character) == 0; };
  for (auto run = parts.begin(); run != parts.end();) {
    const auto begin = std::find_if_not(run, parts.end(), is_starter);
    run = std::find_if(begin, parts.end(), is_starter);
    order_marks({begin, run}, begin == parts.begin() ? nullptr : &std::prev(begin)->character);
  }
  AlignedText result;
  for (const Part& part : parts) result.push_back(part.character);
  return result;
}

AlignedText to_lower(const AlignedText& text) {
  constexpr char32_t kCapitalDottedI = 0x130, kCombiningDot = 0x307;
  AlignedText result;
  for (const AlignedCharacter& c : text) {
    const auto lower = utf8proc_tolower(static_cast<utf8proc_int32_t>(c.value));
    result.push_back({static_cast<char32_t>(lower), c.begin, c.end});
    if (c.value == kCapitalDottedI) result.push_back({kCombiningDot, c.begin, c.end});
  }
  return result;
}

void StripAccents::apply(AlignedText& text) const {
  std::erase_if(text, [](const AlignedCharacter& c) { return is_reference_mark(c.value); });
}

void UnicodeForm::apply(AlignedText& text) const {
  text = decompose(text, compatibility_);
  if (compose_) text = compose(text);
}

bool UnicodeForm::leaves_unchanged(std::string_view text) const {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void Strip::apply(AlignedText& text) const {
  const auto is_ink = [](const AlignedCharacter& c) { return !is_white_space(c.value); };
  if (right_) text.erase(std::find_if(text.rbegin(), text.rend(), is_ink).base(), text.end());
  if (left_) text.erase(text.begin(), std::find_if(text.begin(), text.end(), is_ink));
}

}  // namespace lidit
