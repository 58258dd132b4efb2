// What stands before a caption: the conversation that a language model was tuned on, by name.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

/// A piece of a prefix: the content of one control token, or text in which nothing is a control
/// token.
struct TemplatePiece {
  bool is_control;
  std::string text;
};

struct RenderedTemplate {
  std::vector<TemplatePiece> prefix;
  std::string caption_lead;  // what separates the caption from the prefix; encoded with the caption
};

/// The turn is left open behind the caption: what follows it a causal model's caption cannot see.
struct ChatTemplate {
  std::string_view name, summary;
  std::string_view system_text;  // of the turn before the user's; empty: there is none
  RenderedTemplate (*render)(std::string_view system_text, std::string_view instruction);
};

/// Written by hand: one line per template.
std::span<const ChatTemplate> chat_template_table();
/// Throws SpecError with the choices.
const ChatTemplate& find_chat_template(std::string_view name);

}  // namespace lidit
