#include "encoders/strategies/instructions.h"

#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

struct NamedInstruction {
  std::string_view name, text;
  bool random_words = false;
};

// LI-DiT, Fig. 4 and 5, word for word.
constexpr std::string_view kLiDiT =
    "Describe the image by detailing the color, shape, size, texture, quantity, text, and spatial "
    "relationships of the objects:";

// In the manner of SANA's complex human instruction: the task, rules for short and for rich
// prompts, examples. The words are this project's own.
constexpr std::string_view kLong =
    "You are given a prompt for a picture. Work out the picture that it asks for, so that somebody "
    "who has never seen it could draw it:\n"
    "- If the prompt is short, say what its words leave open: colors, shapes, sizes, textures, how "
    "many things there are and where each of them is.\n"
    "- If the prompt is rich in detail already, keep all of it and add little.\n"
    "- Never leave out, replace or merge anything that the prompt names.\n"
    "Examples:\n"
    "- Prompt: a sleeping dog -> Picture: A small brown dog with a rough coat lies curled up on a "
    "striped rug in front of a stone fireplace.\n"
    "- Prompt: two cups on a table -> Picture: A tall white cup stands to the left of a short blue "
    "one on a round wooden table.\n"
    "Answer with the description of the picture alone. Prompt:";

constexpr NamedInstruction kInstructions[] = {
    {"none", ""},
    {"li-dit", kLiDiT},
    // HunyuanVideo's system prompt: LI-DiT's, with the background.
    {"and-background",
     "Describe the image by detailing the color, shape, size, texture, quantity, text, and spatial "
     "relationships of the objects and background:"},
    // The system prompt of Lumina-Image 2.0 (arXiv 2503.21758), word for word: the default of its
    // demo and of its diffusers pipeline, "real" in its sample.py. It goes before the prompt with a
    // space and no chat template, as template "plain" has it; it asks for no description.
    {"lumina",
     "You are an assistant designed to generate superior images with the superior degree of "
     "image-text alignment based on textual prompts or user prompts. <Prompt Start>"},
    // Semantic Routing's (arXiv 2602.03510).
    {"short", "Describe this image."},
    {"long", kLong},
    // A control: as long as LI-DiT's, without its meaning.
    {"random-words", kLiDiT, true},
};

}  // namespace

std::vector<std::string> instruction_names() {
  std::vector<std::string> names;
  for (const NamedInstruction& instruction : kInstructions) names.emplace_back(instruction.name);
  return names;
}

Instruction find_instruction(std::string_view setting) {
  for (const NamedInstruction& known : kInstructions)
    if (setting == known.name) return {std::string(known.text), known.random_words};
  if (setting.find(' ') != std::string_view::npos) return {std::string(setting)};
  throw SpecError(
      "encoder.instruction: " + unknown_name("instruction", setting, instruction_names()) +
      " (A text of your own has a space.)");
}

std::string instruction_name(const Instruction& instruction) {
  for (const NamedInstruction& known : kInstructions)
    if (known.text == instruction.text && known.random_words == instruction.random_words)
      return std::string(known.name);
  return "own";
}

}  // namespace lidit
