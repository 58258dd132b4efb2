#include "encoders/text/checkpoint_template.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <vector>

#include "encoders/text/gguf_metadata.h"
#include "encoders/text/jinja_output.h"
#include "encoders/weights/weight_file.h"
#include "results/errors.h"
#include "results/files.h"
#include "results/json.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestTemplate = 1 << 20, kLargestConfig = 64 << 20;

/// A text of the template with what must follow it.
struct TurnBorder {
  std::string_view text, next;
};

/// How a template of the table writes its turns.
struct TurnForm {
  std::string_view name, marker;           // the second tells it from the others
  TurnBorder user;                         // what opens the user's turn; `next` follows the role
  bool has_role = true;                    // between the two; else the content follows at once
  TurnBorder before_system, after_system;  // around a system text; empty: it has none
};
constexpr TurnForm kForms[] = {
    {"chatml",
     "<|im_start|>",
     {"<|im_start|>", "\n"},
     true,
     {"<|im_start|>system", "\n"},
     {"<|im_end|>", "\n"}},
    {"llama-3",
     "<|start_header_id|>",
     {"<|start_header_id|>", "<|end_header_id|>\n\n"},
     true,
     {"<|start_header_id|>system<|end_header_id|>", "\n\n"},
     {"<|eot_id|>", ""}},
    {"llama-2", "<<SYS>>", {"[INST] ", ""}, false, {"<<SYS>>", "\n"}, {"<</SYS>>", "\n\n"}},
    {"gemma", "<start_of_turn>", {"<start_of_turn>", "\n"}, true, {}, {}},
    {"mistral", "[INST] ", {"[INST] ", ""}, false, {}, {}},
};
/// Templates with these have turns or texts that change with the day, the tools or the version.
constexpr std::string_view kUnknownParts[] = {"strftime_now", "date_string", "[SYSTEM_PROMPT]",
                                              "<|im_sep|>"};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Line ends of Jinja's string literals as characters.
std::string unescape(std::string_view jinja) {
  std::string text;
  for (std::size_t at = 0; at < jinja.size(); ++at)
    if (jinja.substr(at, 2) == "\\n") {
      text += '\n';
      ++at;
    } else {
      text += jinja[at];
    }
  return text;
}

/// Whether a variable called system... is set to a text that is not empty: what stands in the
/// system turn is then not read where the turn is written.
bool sets_system_text(std::string_view jinja) {
  constexpr std::string_view kSet = "set system";
  for (std::size_t at = jinja.find(kSet); at != jinja.npos; at = jinja.find(kSet, at + 1)) {
    const std::size_t equals = jinja.find_first_of("=%", at);
    if (equals == jinja.npos || jinja[equals] != '=') continue;
    const std::size_t value = jinja.find_first_not_of(' ', equals + 1);
    if (value == jinja.npos || (jinja[value] != '\'' && jinja[value] != '"')) continue;
    const bool is_marker = jinja.substr(value + 1).starts_with("<");
    if (!is_marker && jinja[value + 1] != jinja[value]) return true;
  }
  return false;
}

/// The one text that the template itself puts between the markers of its system turn; where the
/// marker ends a string literal or an expression follows it, the conversation brings the text.
std::string system_text(const std::string& jinja, const TurnForm& form, std::string_view where) {
  std::set<std::string> texts;
  const std::string_view before = form.before_system.text;
  if (before.empty()) return "";
  for (std::size_t at = jinja.find(before); at != std::string::npos;
       at = jinja.find(before, at + 1)) {
    const std::size_t begin = jinja.find_first_not_of('\n', at + before.size());
    if (begin == std::string::npos ||
        std::string_view("'\"{").find(jinja[begin]) != std::string::npos)
      continue;
    const std::size_t end = jinja.find(form.after_system.text, begin);
    texts.insert(end == std::string::npos ? "{" : jinja.substr(begin, end - begin));
  }
  if (sets_system_text(jinja)) texts.insert("{");
  if (texts.empty()) return "";
  const bool is_fixed =
      texts.size() == 1 && texts.begin()->find_first_of("'\"{}\\") == std::string::npos;
  if (!is_fixed)
    throw FileError(fmt::format(
        "{}: the system text of its chat template cannot be read out of it; name the template in "
        "encoder.template and its text in encoder.system.",
        where));
  std::string text = *texts.begin();
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// `expression` without what only takes white space away.
std::string_view untrimmed(std::string_view expression) {
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::string_view end :
         {" ", "|trim", "| trim", ".strip()", ".rstrip()", ".lstrip()"})
      if (expression.ends_with(end)) {
        expression.remove_suffix(end.size());
        changed = true;
      }
  }
  return expression;
}

/// Whether `expression` is the value called `name` as it is: message.NAME, message['NAME'], NAME.
bool is_value_called(std::string_view expression, std::string_view name) {
  if (expression.find_first_of("|( ") != expression.npos) return false;
  if (expression.ends_with("']") || expression.ends_with("\"]")) expression.remove_suffix(2);
  if (!expression.ends_with(name)) return false;
  expression.remove_suffix(name.size());
  return expression.empty() || std::string_view(".'\"").find(expression.back()) != expression.npos;
}

bool is_role(const JinjaPiece& piece) {
  if (piece.kind == JinjaPiece::Kind::expression) return is_value_called(piece.text, "role");
  for (const char* role : {"system", "user", "assistant", "model", "tool"})
    if (piece.text == role) return true;
  return false;
}

bool is_content(const JinjaPiece& piece) {
  const std::string_view value = untrimmed(piece.text);
  return is_value_called(value, "content") || is_value_called(value, "text");
}

/// Whether a text that is put around the content is a marker, not words.
bool is_markup(std::string_view text) { return text.starts_with('<') || text.starts_with("\n<"); }

enum class Turn { as_in_table, another_role, another_form };

/// The turn that opens in the text `pieces[0]` before its character `behind`. What a tool answers,
/// say, is written in tags in the user's turn.
Turn turn_behind(std::span<const JinjaPiece> pieces, std::size_t behind, const TurnForm& form) {
  std::string_view rest = std::string_view(pieces[0].text).substr(behind);
  pieces = pieces.subspan(1);
  if (form.has_role && rest.empty() && pieces.size() > 1 && is_role(pieces[0]) &&
      pieces[1].kind == JinjaPiece::Kind::text) {
    rest = pieces[1].text;
    pieces = pieces.subspan(2);
  } else if (form.has_role) {
    const std::string_view role =
        rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"));
    if (role.empty()) return Turn::another_form;
    if (role != "user") return Turn::another_role;
    rest.remove_prefix(role.size());
  }
  if (!rest.starts_with(form.user.next)) return Turn::another_form;
  rest.remove_prefix(form.user.next.size());
  if (!rest.empty()) return rest[0] == '<' ? Turn::another_role : Turn::another_form;
  for (const JinjaPiece& piece : pieces) {
    if (piece.kind == JinjaPiece::Kind::text) break;
    if (is_content(piece)) return Turn::as_in_table;
  }
  return Turn::another_role;
}

/// Whether `border.next` follows wherever a text has `border.text`.
bool has_border(std::string_view text, const TurnBorder& border) {
  if (border.text.empty()) return true;
  for (std::size_t at = text.find(border.text); at != text.npos;
       at = text.find(border.text, at + 1))
    if (!text.substr(at + border.text.size()).starts_with(border.next)) return false;
  return true;
}

/// Whether a user's turn is written as the table's template writes it, content and all, and no turn
/// that may be a user's in another way.
bool has_form(const std::vector<JinjaOutput>& outputs, const TurnForm& form) {
  bool found = false;
  const std::string_view opening = form.user.text;
  for (const JinjaOutput& output : outputs)
    for (std::size_t i = 0; i < output.pieces.size(); ++i) {
      const JinjaPiece& piece = output.pieces[i];
      if (output.variable == "role" && !is_role(piece)) return false;
      if (piece.kind != JinjaPiece::Kind::text) continue;
      const std::string_view text = piece.text;
      if (output.variable == "content" && !is_markup(text)) return false;
      if (!has_border(text, form.before_system) || !has_border(text, form.after_system))
        return false;
      for (std::size_t at = text.find(opening); at != text.npos; at = text.find(opening, at + 1)) {
        const char before = at == 0 ? '>' : text[at - 1];
        if (before == ' ' || (before == '\n' && !form.has_role)) return false;
        const Turn turn =
            turn_behind(std::span(output.pieces).subspan(i), at + opening.size(), form);
        if (turn == Turn::another_form) return false;
        found |= turn == Turn::as_in_table;
      }
    }
  return found;
}

[[noreturn]] void refuse_without(const fs::path& config) {
  throw FileError(fmt::format(
      "{} brings no chat template; name one in encoder.template, or 'plain'.", config.string()));
}

/// A file has one template, or a list of them by name.
std::string template_of(const nlohmann::json& file, const fs::path& config) {
  const auto member = [](const nlohmann::json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() ? nlohmann::json() : *found;
  };
  const nlohmann::json entry = member(file, "chat_template");
  if (entry.is_string()) return entry.get<std::string>();
  if (entry.is_array())
    for (const nlohmann::json& named : entry)
      if (member(named, "name") == "default" && member(named, "template").is_string())
        return member(named, "template").get<std::string>();
  refuse_without(config);
}

}  // namespace

std::string read_chat_template(const fs::path& config) {
  if (config.extension() == ".gguf") {
    const auto file = WeightFile::open(config);
    const std::string where = config.string();
    const auto* jinja =
        GgufMetadata(file->metadata(), where).find<std::string>("tokenizer.chat_template");
    if (!jinja) refuse_without(config);
    return *jinja;
  }
  const fs::path folder = config.parent_path(), jinja = folder / "chat_template.jinja";
  if (fs::exists(jinja)) return read_file(jinja, kLargestTemplate);
  for (const char* name : {"chat_template.json", "tokenizer_config.json"})
    if (const fs::path file = folder / name; fs::exists(file))
      return template_of(parse_json(read_file(file, kLargestConfig), file.string()), config);
  refuse_without(config);
}

CheckpointTemplate recognise_chat_template(std::string_view jinja, std::string_view where) {
  const TurnForm* found = nullptr;
  bool is_known = true;
  for (const TurnForm& form : kForms) {
    if (!has(jinja, form.marker)) continue;
    // Llama 2 writes Mistral's marker too.
    if (found && !(found->name == "llama-2" && form.name == "mistral")) is_known = false;
    if (!found) found = &form;
  }
  for (const std::string_view part : kUnknownParts) is_known &= !has(jinja, part);
  if (!found || !is_known || !has_form(read_jinja_outputs(jinja), *found))
    throw FileError(fmt::format(
        "{}: its chat template is none that is known here; name one in encoder.template, or write "
        "it as a text with {{system}}, {{instruction}} and {{prompt}}.",
        where));
  return {found->name, system_text(unescape(jinja), *found, where)};
}

}  // namespace lidit
