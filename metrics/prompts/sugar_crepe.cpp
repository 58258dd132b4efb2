#include "metrics/prompts/sugar_crepe.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "metrics/prompts/json_lines.h"
#include "metrics/prompts/text_file.h"
#include "results/json.h"

namespace lidit::benchmarks {
namespace {

std::string caption_member(const nlohmann::json& entry, std::string_view key,
                           std::string_view where) {
  std::string text = text_member(entry, key, where);
  if (text.find_first_not_of(" \t\r\n\v\f") == text.npos)
    throw FileError(fmt::format("{}: '{}' has no words", where, key));
  return text;
}

}  // namespace

std::vector<SwappedCaption> parse_swapped_captions(std::string_view text, std::string_view where) {
  const nlohmann::json document = parse_json(text, where);
  if (!document.is_object() || document.empty())
    throw FileError(fmt::format("{}: should be an object of captions by their numbers", where));
  std::vector<SwappedCaption> captions;
  while (captions.size() < document.size()) {
    const std::string number = std::to_string(captions.size());
    const nlohmann::json& entry = member(document, number, where);
    const std::string place = fmt::format("{}: caption {}", where, number);
    if (!entry.is_object()) throw FileError(fmt::format("{}: not a JSON object", place));
    SwappedCaption& swapped = captions.emplace_back();
    swapped.caption = caption_member(entry, "caption", place);
    swapped.negative = caption_member(entry, "negative_caption", place);
    if (swapped.caption == swapped.negative)
      throw FileError(fmt::format("{}: the negative is the caption itself", place));
  }
  return captions;
}

std::vector<SwappedCaption> load_swapped_captions(const std::filesystem::path& folder) {
  const auto path = folder / "swap_att.json";
  std::vector<SwappedCaption> captions = parse_swapped_captions(read_text(path), path.string());
  if (std::ssize(captions) != kSwappedAttributes)
    throw FileError(fmt::format("{}: {} captions where {} were published", path.string(),
                                captions.size(), kSwappedAttributes));
  return captions;
}

}  // namespace lidit::benchmarks
