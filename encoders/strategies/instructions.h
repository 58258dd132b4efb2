// What can stand before the caption, by name.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

/// What stands before the caption. An empty text: nothing.
struct Instruction {
  std::string text;
  bool random_words = false;  // stands for as many tokens of unrelated words (TemplateSettings)
  friend bool operator==(const Instruction&, const Instruction&) = default;
};

/// The names that `encoder.instruction` knows, besides a text of the user's own.
std::vector<std::string> instruction_names();

/// The instruction that a setting means. A setting without a space is a name; anything else is the
/// text itself. Throws SpecError with the choices when a name is unknown.
Instruction find_instruction(std::string_view setting);

/// Its name; "own" for a text of the user's.
std::string instruction_name(const Instruction& instruction);

}  // namespace lidit
