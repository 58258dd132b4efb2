#include "encoders/text/regular_expression.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <new>

#include "encoders/text/utf8.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::size_t kLongestPattern = 10'000;
// Beyond what any published pattern needs on any text: they match in linear time.
constexpr std::uint32_t kMatchLimit = 1'000'000;

/// What stands for a class in and outside of brackets. PCRE2's \s also has U+180E, which lost
/// White_Space in Unicode 6.3; its \w lacks marks.
struct Translation {
  std::string_view escape, inside, outside;
};
constexpr Translation kTranslations[] = {
    {"\\s", "\\p{White_Space}", "\\p{White_Space}"},
    {"\\S", "\\P{White_Space}", "\\P{White_Space}"},
    {"\\w", "\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}", "[\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}]"},
    {"\\W", "", "[^\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}]"},
};
// PCRE2 reads a bare script as Script_Extensions.
constexpr std::string_view kScripts[] = {"Han",    "Hiragana", "Katakana", "Hangul", "Latin",
                                         "Arabic", "Cyrillic", "Greek",    "Hebrew", "Thai"};
// Of these the two engines disagree, or the position is not where the match begins.
constexpr std::string_view kUnsupportedEscapes = "hHRXGKOyYNkgCQE";

class PatternTranslator {
 public:
  PatternTranslator(std::string_view pattern, std::string_view where)
      : pattern_(pattern), where_(where) {}

  std::string translate() {
    while (at_ < pattern_.size()) step();
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(
        fmt::format("{}: the pattern {} has {}, which is not supported.", where_, pattern_, what));
  }
  void step() {
    const std::string_view rest = pattern_.substr(at_);
    if (rest[0] == '\\') return translate_escape(rest);
    if (depth_ > 0 && rest.starts_with("&&")) fail("an intersection of classes");
    if (rest.starts_with("(?~") || rest.starts_with("(?R") || rest.starts_with("(?C") ||
        rest.starts_with("(*"))
      fail(rest.substr(0, 3));
    if (rest[0] == '[') ++depth_;
    if (depth_ > 1) fail("a class within a class");
    if (rest[0] == ']' && depth_ > 0) --depth_;
    result_ += rest[0];
    ++at_;
  }
  void translate_escape(std::string_view rest) {
    if (rest.size() < 2) fail("an escape of nothing");
    if (kUnsupportedEscapes.find(rest[1]) != kUnsupportedEscapes.npos) fail(rest.substr(0, 2));
    for (const Translation& translation : kTranslations) {
      if (!rest.starts_with(translation.escape)) continue;
      const std::string_view text = depth_ > 0 ? translation.inside : translation.outside;
      if (text.empty()) fail("\\W in a class");
      result_ += text;
      at_ += 2;
      return;
    }
    for (const std::string_view script : kScripts)
      for (const char letter : {'p', 'P'})
        if (rest.starts_with(fmt::format("\\{}{{{}}}", letter, script))) {
          result_ += fmt::format("\\{}{{sc:{}}}", letter, script);
          at_ += script.size() + 4;
          return;
        }
    result_ += rest.substr(0, 2);
    at_ += 2;
  }

  std::string_view pattern_, where_;
  std::string result_;
  std::size_t at_ = 0;
  int depth_ = 0;  // of brackets
};

std::string error_text(int error) {
  std::array<PCRE2_UCHAR, 128> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

/// One per thread and kind: matching allocates nothing.
pcre2_match_data* match_data() {
  thread_local const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> data(
      pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
  if (!data) throw std::bad_alloc();
  return data.get();
}

pcre2_match_context* match_context() {
  thread_local const std::unique_ptr<pcre2_match_context, void (*)(pcre2_match_context*)> context(
      pcre2_match_context_create(nullptr), pcre2_match_context_free);
  if (!context) throw std::bad_alloc();
  pcre2_set_match_limit(context.get(), kMatchLimit);
  return context.get();
}

}  // namespace

std::string escape_pattern(std::string_view literal) {
  std::string pattern;
  for (const char c : literal) {
    if (std::string_view("\\^$.[]|()?*+{}#-&~").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

RegularExpression::RegularExpression(std::string_view pattern, std::string_view where) {
  if (pattern.empty() || pattern.size() > kLongestPattern || !is_utf8(pattern))
    throw FileError(
        fmt::format("{}: a pattern is not UTF-8 of 1 to {} bytes.", where, kLongestPattern));
  const std::string text = PatternTranslator(pattern, where).translate();
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_UNSET_BACKREF,
                    &error, &at, nullptr);
  if (!code)
    throw FileError(fmt::format("{}: the pattern {} does not compile ({}).", where, pattern,
                                error_text(error)));
  code_ = std::shared_ptr<const void>(code, [code](const void*) { pcre2_code_free(code); });
  // Without JIT (a system that forbids writable code) pcre2_match interprets: slower, the same.
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
}

RegularExpression::Matcher::Matcher(const RegularExpression& expression, std::string_view text)
    : expression_(expression), text_(text) {}

bool RegularExpression::Matcher::next(Range& range) {
  pcre2_match_data* const match = match_data();
  while (position_ < text_.size()) {
    const int found = pcre2_match(static_cast<const pcre2_code*>(expression_.code_.get()),
                                  reinterpret_cast<PCRE2_SPTR>(text_.data()), text_.size(),
                                  position_, PCRE2_NO_UTF_CHECK, match, match_context());
    if (found == PCRE2_ERROR_NOMATCH) return false;
    if (found < 0)
      throw UserError(fmt::format("the text cannot be split by the tokenizer's pattern ({}).",
                                  error_text(found)));
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match);
    range = {bounds[0], bounds[1]};
    if (range.second > range.first) {
      position_ = range.second;
      return true;
    }
    // An empty match is none; look on behind the next character.
    position_ = std::max(position_, range.first);
    if (position_ < text_.size()) position_ += code_point_at(text_, position_).size;
  }
  return false;
}

}  // namespace lidit
