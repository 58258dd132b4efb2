// The chat template that a checkpoint brings, by its name here.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace lidit {

/// The chat template, in Jinja, of the model whose GGUF file or config.json this is: the GGUF
/// file's own, or beside config.json that of chat_template.jinja, chat_template.json or
/// tokenizer_config.json, the first of them that is there. Throws FileError when there is none or a
/// file is broken.
std::string read_chat_template(const std::filesystem::path& config);

struct CheckpointTemplate {
  std::string_view name;    // of chat_template_table
  std::string system_text;  // that stands before every conversation; empty: none
};

/// Recognises a template by its turn markers and by the form of its turns, which must be that of
/// the table wherever a user may speak (white space, quoting and concatenation aside), and reads
/// its system text out of it; `jinja` is what the checkpoint says, as minijinja or transformers
/// would run it. Throws FileError beginning with `where` when it is none of the table's, when it is
/// of two kinds at once, or when what stands before the user's turn is not a fixed text (a date): a
/// template is never guessed.
CheckpointTemplate recognise_chat_template(std::string_view jinja, std::string_view where);

}  // namespace lidit
