#include "encoders/text/checkpoint_template.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "encoders/text/gguf_metadata.h"
#include "encoders/weights/weight_file.h"
#include "results/errors.h"
#include "results/files.h"
#include "results/json.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestTemplate = 1 << 20, kLargestConfig = 64 << 20;

/// What tells a template from the others, and what in it means that it is a relative that does
/// more than the table's.
struct TurnMarkers {
  std::string_view name, marker;
  std::string_view before_system, after_system;  // around a system text; empty: it has none
};
constexpr TurnMarkers kMarkers[] = {
    {"chatml", "<|im_start|>", "<|im_start|>system", "<|im_end|>"},
    {"llama-3", "<|start_header_id|>", "<|start_header_id|>system<|end_header_id|>", "<|eot_id|>"},
    {"llama-2", "<<SYS>>", "<<SYS>>", "<</SYS>>"},
    {"gemma", "<start_of_turn>", "", ""},
    {"mistral", "[INST] ", "", ""},
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
std::string system_text(const std::string& jinja, const TurnMarkers& markers,
                        std::string_view where) {
  std::set<std::string> texts;
  if (markers.before_system.empty()) return "";
  for (std::size_t at = jinja.find(markers.before_system); at != std::string::npos;
       at = jinja.find(markers.before_system, at + 1)) {
    const std::size_t begin = jinja.find_first_not_of('\n', at + markers.before_system.size());
    if (begin == std::string::npos ||
        std::string_view("'\"{").find(jinja[begin]) != std::string::npos)
      continue;
    const std::size_t end = jinja.find(markers.after_system, begin);
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

[[noreturn]] void refuse_without(const fs::path& config) {
  throw FileError(fmt::format(
      "{} brings no chat template; name one in encoder.template, or 'plain'.", config.string()));
}

/// tokenizer_config.json has one template, or a list of them by name.
std::string template_of(const nlohmann::json& tokenizer, const fs::path& config) {
  const auto member = [](const nlohmann::json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() ? nlohmann::json() : *found;
  };
  const nlohmann::json entry = member(tokenizer, "chat_template");
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
  const fs::path jinja = config.parent_path() / "chat_template.jinja",
                 tokenizer = config.parent_path() / "tokenizer_config.json";
  if (fs::exists(jinja)) return read_file(jinja, kLargestTemplate);
  if (!fs::exists(tokenizer)) refuse_without(config);
  return template_of(parse_json(read_file(tokenizer, kLargestConfig), tokenizer.string()), config);
}

CheckpointTemplate recognise_chat_template(std::string_view jinja, std::string_view where) {
  const TurnMarkers* found = nullptr;
  bool is_known = true;
  for (const TurnMarkers& markers : kMarkers) {
    if (!has(jinja, markers.marker)) continue;
    // Llama 2 writes Mistral's marker too.
    if (found && !(found->name == "llama-2" && markers.name == "mistral")) is_known = false;
    if (!found) found = &markers;
  }
  for (const std::string_view part : kUnknownParts) is_known &= !has(jinja, part);
  if (!found || !is_known)
    throw FileError(fmt::format(
        "{}: its chat template is none that is known here; name one in encoder.template, or write "
        "it as a text with {{system}}, {{instruction}} and {{prompt}}.",
        where));
  return {found->name, system_text(unescape(jinja), *found, where)};
}

}  // namespace lidit
