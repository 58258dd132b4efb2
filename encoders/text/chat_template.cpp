#include "encoders/text/chat_template.h"

#include "results/names.h"

namespace lidit {
namespace {

TemplatePiece control(std::string_view token) { return {true, std::string(token)}; }
TemplatePiece text(std::string_view written) { return {false, std::string(written)}; }

std::string space_after(std::string_view instruction) { return instruction.empty() ? "" : " "; }

RenderedTemplate render_plain(std::string_view, std::string_view instruction) {
  return {{text(instruction)}, space_after(instruction)};
}

RenderedTemplate render_chatml(std::string_view system_text, std::string_view instruction) {
  return {
      {control("<|im_start|>"), text("system\n" + std::string(system_text)), control("<|im_end|>"),
       text("\n"), control("<|im_start|>"), text("user\n" + std::string(instruction))},
      space_after(instruction)};
}

constexpr ChatTemplate kTable[] = {
    {"plain", "the instruction alone", "", render_plain},
    {"chatml", "system and user turns of SmolLM2",
     "You are a helpful AI assistant named SmolLM, trained by Hugging Face", render_chatml},
};

}  // namespace

std::span<const ChatTemplate> chat_template_table() { return kTable; }

const ChatTemplate& find_chat_template(std::string_view name) {
  return find_named("chat template", name, kTable);
}

}  // namespace lidit
