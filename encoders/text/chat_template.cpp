#include "encoders/text/chat_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

constexpr std::string_view kChatMl =
    "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{instruction} {prompt}";
constexpr std::string_view kChatMlUser = "<|im_start|>user\n{instruction} {prompt}";

constexpr ChatTemplate kTable[] = {
    {"plain", "the instruction alone", "{instruction} {prompt}", "{instruction} {prompt}", ""},
    {"chatml", "system and user turns of SmolLM2", kChatMl, kChatMlUser,
     "You are a helpful AI assistant named SmolLM, trained by Hugging Face"},
    {"qwen", "ChatML with the system text of Qwen2.5; Qwen3 has none", kChatMl, kChatMlUser,
     "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."},
    {"llama-2", "[INST] turns of Llama 2",
     "{bos}[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{instruction} {prompt}",
     "{bos}[INST] {instruction} {prompt}", ""},
    {"llama-3", "header turns of Llama 3",
     "{bos}<|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>"
     "<|start_header_id|>user<|end_header_id|>\n\n{instruction} {prompt}",
     "{bos}<|start_header_id|>user<|end_header_id|>\n\n{instruction} {prompt}", ""},
    {"gemma", "user turn of Gemma 1 to 3, which know no system turn",
     "{bos}<start_of_turn>user\n{instruction} {prompt}",
     "{bos}<start_of_turn>user\n{instruction} {prompt}", ""},
    {"mistral", "[INST] turns of Mistral", "{bos}[INST] {instruction} {prompt}",
     "{bos}[INST] {instruction} {prompt}", ""},
};

enum class Place { bos, system, instruction, prompt };
constexpr std::array<std::string_view, 4> kPlaces = {"{bos}", "{system}", "{instruction}",
                                                     "{prompt}"};

std::size_t find(std::string_view format, Place place) {
  return format.find(kPlaces[static_cast<std::size_t>(place)]);
}

[[noreturn]] void refuse(std::string_view what) {
  throw SpecError(fmt::format("encoder.template: {}.", what));
}

const ChatTemplate& find_entry(std::string_view name) {
  std::vector<std::string> names;
  for (const ChatTemplate& entry : kTable) {
    if (entry.name == name) return entry;
    names.emplace_back(entry.name);
  }
  throw SpecError("encoder.template: " + unknown_name("chat template", name, names) +
                  " ('checkpoint' is the model's own; a text of your own ends with {prompt}.)");
}

void check_format(std::string_view format) {
  for (const std::string_view place : kPlaces)
    if (format.find(place) != format.rfind(place))
      refuse(fmt::format("{} stands twice in the template", place));
  if (!format.ends_with(kPlaces.back()))
    refuse(
        "the template must end with {prompt}: what follows it a causal model's caption cannot see");
}

/// Neighbours of one kind become one piece: they are tokenised together.
void append(std::vector<TemplatePiece>& pieces, TemplatePiece::Kind kind, std::string_view text) {
  if (text.empty() && kind != TemplatePiece::Kind::bos) return;
  if (!pieces.empty() && pieces.back().kind == kind)
    pieces.back().text += text;
  else
    pieces.push_back({kind, std::string(text)});
}

/// The template's spaces right before the caption belong to it.
void take_lead(RenderedTemplate& rendered) {
  if (rendered.prefix.empty() || rendered.prefix.back().kind != TemplatePiece::Kind::written)
    return;
  std::string& last = rendered.prefix.back().text;
  const std::size_t end = last.find_last_not_of(' ') + 1;  // 0 when there are only spaces
  rendered.caption_lead = last.substr(end);
  last.resize(end);
  if (last.empty()) rendered.prefix.pop_back();
}

RenderedTemplate fill(std::string_view format, std::string_view system_text,
                      std::string_view instruction) {
  using Kind = TemplatePiece::Kind;
  RenderedTemplate rendered;
  const auto skip_spaces = [&] {
    format.remove_prefix(std::min(format.find_first_not_of(' '), format.size()));
  };
  while (true) {
    std::size_t at = format.size(), next = 0;
    for (std::size_t place = 0; place < kPlaces.size(); ++place)
      if (const auto found = format.find(kPlaces[place]); found < at) at = found, next = place;
    std::string_view written = format.substr(0, at);
    format.remove_prefix(at + kPlaces[next].size());
    append(rendered.prefix, Kind::written, written);
    if (static_cast<Place>(next) == Place::prompt) {
      take_lead(rendered);
      return rendered;
    }
    switch (static_cast<Place>(next)) {
      case Place::bos:
        append(rendered.prefix, Kind::bos, "");
        break;
      case Place::system:
        append(rendered.prefix, Kind::filled_in, system_text);
        break;
      default:
        append(rendered.prefix, Kind::filled_in, instruction);
        if (instruction.empty()) skip_spaces();
    }
  }
}

}  // namespace

std::span<const ChatTemplate> chat_template_table() { return kTable; }

RenderedTemplate render_chat_template(std::string_view chat_template,
                                      const std::optional<std::string>& system_text,
                                      std::string_view instruction) {
  std::string_view format = chat_template;
  std::string system = system_text.value_or("");
  if (chat_template.find("{") == std::string_view::npos) {
    const ChatTemplate& entry = find_entry(chat_template);
    if (!system_text) system = entry.system_text;
    format = system.empty() ? entry.without_system : entry.format;
  }
  check_format(format);
  if (!system.empty() && find(format, Place::system) == std::string_view::npos)
    refuse(fmt::format("'{}' has no place for a system text ({{system}})", chat_template));
  if (!instruction.empty() && find(format, Place::instruction) == std::string_view::npos)
    refuse(fmt::format("'{}' has no place for an instruction ({{instruction}})", chat_template));
  return fill(format, system, instruction);
}

}  // namespace lidit
