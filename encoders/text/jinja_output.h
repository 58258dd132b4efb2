// What a chat template in Jinja writes, read out of it without running it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

/// A text that the template writes as it stands, or an expression of which it writes the value.
struct JinjaPiece {
  enum class Kind { text, expression } kind;
  std::string text;  // the text itself, or the expression's source
  friend bool operator==(const JinjaPiece&, const JinjaPiece&) = default;
};

/// What goes into the conversation, or by {% set %} into a variable.
struct JinjaOutput {
  std::string variable;  // empty: the conversation
  std::vector<JinjaPiece> pieces;
  friend bool operator==(const JinjaOutput&, const JinjaOutput&) = default;
};

/// The conversation first, then every {% set %} in order. Conditions and loops are read straight
/// through, all branches one behind the other. Concatenation in an expression and neighbouring
/// {{ }} are the same; texts that meet are one piece. White space around tags goes as transformers
/// has it (trim_blocks, lstrip_blocks). From a tag on that is not closed everything is text.
std::vector<JinjaOutput> read_jinja_outputs(std::string_view jinja);

}  // namespace lidit
