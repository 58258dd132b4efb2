#include "encoders/text/split_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <stdexcept>
#include <string>

#include "results/errors.h"

namespace lidit {
namespace {

// PCRE2's \s also has U+180E, which lost White_Space in Unicode 6.3.
std::string with_unicode_spaces(std::string_view pattern) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view escape = pattern.substr(i, 2);
    if (escape == "\\s" || escape == "\\S") {
      result += escape == "\\s" ? "\\p{White_Space}" : "\\P{White_Space}";
      ++i;
    } else {
      result += pattern[i];
    }
  }
  return result;
}

}  // namespace

SplitPattern::SplitPattern(std::string_view pattern) {
  const std::string text = with_unicode_spaces(pattern);
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                   PCRE2_UTF | PCRE2_UCP, &error, &at, nullptr);
  if (!code) throw std::logic_error(fmt::format("pattern {} fails at {} ({})", text, at, error));
  code_ = std::shared_ptr<const void>(code, [code](const void*) { pcre2_code_free(code); });
  // Without JIT (a system that forbids writable code) pcre2_match interprets: slower, the same.
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
}

void SplitPattern::split(std::string_view text, std::vector<std::string_view>& pieces) const {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> match(
      pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
  if (!match) throw std::bad_alloc();
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  std::size_t position = 0;
  while (position < text.size()) {
    const int found =
        pcre2_match(code, subject, text.size(), position, PCRE2_NO_UTF_CHECK, match.get(), nullptr);
    if (found == PCRE2_ERROR_NOMATCH) break;
    if (found < 0)
      throw UserError(fmt::format("the text cannot be split (PCRE2 error {}).", found));
    const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
    if (range[1] <= range[0]) throw std::logic_error("a split pattern matched nothing");
    if (range[0] > position) pieces.push_back(text.substr(position, range[0] - position));
    pieces.push_back(text.substr(range[0], range[1] - range[0]));
    position = range[1];
  }
  if (position < text.size()) pieces.push_back(text.substr(position));
}

}  // namespace lidit
