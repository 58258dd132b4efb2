#include "metrics/prompts/dpg_prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "metrics/prompts/json_lines.h"
#include "metrics/prompts/text_file.h"

namespace lidit::benchmarks {
namespace {

constexpr std::uint64_t kPromptLimit = 1 << 20;  // bytes of one prompt

DpgPrompt checked_dpg_prompt(std::string id, std::string text, std::string_view where) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (id.empty()) throw FileError(fmt::format("{}: an empty item_id", where));
  if (text.empty()) throw FileError(fmt::format("{}: the prompt of '{}' is empty", where, id));
  if (text.find('\n') != text.npos)
    throw FileError(fmt::format("{}: the prompt of '{}' has more than one line", where, id));
  return {std::move(id), std::move(text)};
}

}  // namespace

std::vector<DpgPrompt> parse_dpg_prompts(std::string_view text, std::string_view where) {
  std::vector<DpgPrompt> prompts;
  std::set<std::string> seen;
  for_each_json_line(text, where, [&](const nlohmann::json& line, std::string_view place) {
    prompts.push_back(checked_dpg_prompt(text_member(line, "item_id", place),
                                         text_member(line, "prompt", place), place));
    if (!seen.insert(prompts.back().id).second)
      throw FileError(fmt::format("{}: item '{}' is there twice", place, prompts.back().id));
  });
  if (prompts.empty()) throw FileError(fmt::format("{}: no prompts", where));
  return prompts;
}

std::vector<DpgPrompt> load_dpg_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  if (error) throw FileError(fmt::format("cannot read {}: {}", folder.string(), error.message()));
  if (files.empty()) throw FileError(fmt::format("{}: no prompts (*.txt)", folder.string()));
  std::ranges::sort(files);
  std::vector<DpgPrompt> prompts;
  for (const auto& file : files)
    prompts.push_back(
        checked_dpg_prompt(file.stem(), read_text(file, kPromptLimit), file.string()));
  return prompts;
}

std::string dpg_source(std::string_view id) {
  std::string source;
  for (const char letter : id)
    if ((letter < '0' || letter > '9') && letter != '_' && letter != '-' && letter != ' ')
      source += letter;
  return source.empty() ? "numeric" : source;
}

}  // namespace lidit::benchmarks
