// What stands before a caption: the conversation that a language model was tuned on.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

/// A conversation up to the end of the caption, written as one text with places to fill: {system},
/// {instruction}, {prompt} at the end, and {bos} where the conversation itself writes the
/// beginning-of-sequence token. What follows the caption is left out: a causal model's caption
/// cannot see it. An empty instruction takes the spaces behind it along.
struct ChatTemplate {
  std::string_view name, summary;
  std::string_view format;
  std::string_view without_system;  // the format where the system text is empty
  std::string_view system_text;     // of the turn before the user's, unless told otherwise
};

/// Written by hand: one line per template.
std::span<const ChatTemplate> chat_template_table();

/// A piece of a prefix. In text of the template control tokens are recognised, in text that was
/// filled in they are not.
struct TemplatePiece {
  enum class Kind { written, filled_in, bos } kind;
  std::string text;
  friend bool operator==(const TemplatePiece&, const TemplatePiece&) = default;
};

struct RenderedTemplate {
  std::vector<TemplatePiece> prefix;
  std::string caption_lead;  // the spaces right before the caption; encoded with it
};

/// `chat_template`: a name of the table, or a format of the user's own: any text with {prompt}.
/// `system_text`: nothing for the template's own, an empty text for no system turn.
/// Throws SpecError with the choices when the name is unknown, when {prompt} is not at the end of
/// a format or a place stands there twice, and when the format lacks the place for a text that is
/// given.
RenderedTemplate render_chat_template(std::string_view chat_template,
                                      const std::optional<std::string>& system_text,
                                      std::string_view instruction);

}  // namespace lidit
