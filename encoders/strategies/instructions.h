// What can stand before the caption, by name.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

/// The names that `encoder.instruction` knows, besides a text of the user's own.
std::vector<std::string> instruction_names();

/// The text of an instruction. A setting without a space is a name; anything else is the text
/// itself. Throws SpecError with the choices when a name is unknown.
std::string instruction_text(std::string_view setting);

}  // namespace lidit
