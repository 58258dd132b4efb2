// Categories of characters as the published implementation of tokenizer.json has them: its tables
// are those of Unicode 8 (marks of StripAccents: 9), whatever came later is none of these.
#pragma once
#include <string>

namespace lidit {

bool is_reference_nonspacing(char32_t value);  // Mn
bool is_reference_mark(char32_t value);        // M*
bool is_reference_control(char32_t value);     // Cc, Cf, Co
/// A regular expression: ASCII's symbols and Unicode's punctuation (P*), one character.
std::string reference_punctuation_pattern();

}  // namespace lidit
