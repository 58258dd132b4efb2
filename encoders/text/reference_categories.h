// Properties of characters as the published implementation of tokenizer.json has them: its tables
// are those of Unicode 8 (marks and normal forms: 9), whatever came later has none of these.
#pragma once
#include <string>

namespace lidit {

bool is_reference_nonspacing(char32_t value);  // Mn
bool is_reference_mark(char32_t value);        // M*
bool is_reference_control(char32_t value);     // Cc, Cf, Co
/// 0: a mark keeps its place, and those behind it theirs.
int reference_combining_class(char32_t value);
/// False where today's decomposition is newer: the character is left alone.
bool has_reference_decomposition(char32_t value);
/// A regular expression: ASCII's symbols and Unicode's punctuation (P*), one character.
std::string reference_punctuation_pattern();

}  // namespace lidit
