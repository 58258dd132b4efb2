#include "encoders/strategies/instructions.h"

#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

struct Instruction {
  std::string_view name, text;
};

constexpr Instruction kInstructions[] = {
    {"none", ""},
    // LI-DiT, Fig. 4 and 5, word for word.
    {"li-dit",
     "Describe the image by detailing the color, shape, size, texture, quantity, text, and spatial "
     "relationships of the objects:"},
};

}  // namespace

std::vector<std::string> instruction_names() {
  std::vector<std::string> names;
  for (const Instruction& instruction : kInstructions) names.emplace_back(instruction.name);
  return names;
}

std::string instruction_text(std::string_view setting) {
  for (const Instruction& instruction : kInstructions)
    if (setting == instruction.name) return std::string(instruction.text);
  if (setting.find(' ') != std::string_view::npos) return std::string(setting);
  throw SpecError(
      "encoder.instruction: " + unknown_name("instruction", setting, instruction_names()) +
      " (A text of your own has a space.)");
}

}  // namespace lidit
