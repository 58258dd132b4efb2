#include "metrics/prompts/genai_prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "metrics/prompts/json_lines.h"
#include "results/json.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;

constexpr double kLowest = 1, kHighest = 5;
constexpr double kLargestSlip = 1e6;  // beyond it a number is no slip of the keyboard

/// Fills in the ratings of one prompt; returns how many were outside the scale.
std::int64_t parse_ratings(const json& models, GenAiPrompt& prompt, std::string_view where) {
  if (!models.is_object())
    throw FileError(fmt::format("{}: 'models' should be an object of lists of ratings", where));
  std::int64_t slips = 0;
  for (const auto& [name, list] : models.items()) {
    if (!list.is_array() || list.size() != models.begin()->size())
      throw FileError(fmt::format("{}: the ratings of '{}' should be a list as long as the others",
                                  where, name));
    std::vector<double>& ratings = prompt.ratings[name];
    for (const json& node : list) {
      const double rating = number_between(node, -kLargestSlip, kLargestSlip, "a rating", where);
      if (rating >= kLowest && rating <= kHighest)
        ratings.push_back(rating);
      else
        ++slips;
    }
  }
  return slips;
}

}  // namespace

GenAiSet parse_genai(std::string_view text, std::string_view where) {
  const json document = parse_json(text, where);
  if (!document.is_object() || document.empty())
    throw FileError(fmt::format("{}: should be an object of prompts by their ids", where));
  GenAiSet set;
  for (const auto& [id, entry] : document.items()) {
    const std::string place = fmt::format("{}: prompt '{}'", where, id);
    if (!entry.is_object()) throw FileError(fmt::format("{}: not a JSON object", place));
    GenAiPrompt prompt{.id = id, .prompt = text_member(entry, "prompt", place), .ratings = {}};
    if (entry.contains("models")) set.slips += parse_ratings(entry["models"], prompt, place);
    const auto name = [](const auto& rated) { return rated.first; };
    if (!set.prompts.empty() &&
        !std::ranges::equal(prompt.ratings, set.prompts.front().ratings, {}, name, name))
      throw FileError(fmt::format("{}: other systems than in the first prompt", place));
    set.prompts.push_back(std::move(prompt));
  }
  return set;
}

std::map<std::string, std::vector<std::string>> parse_genai_skills(
    std::string_view text, const std::vector<GenAiPrompt>& prompts, std::string_view where) {
  const json document = parse_json(text, where);
  if (!document.is_object())
    throw FileError(fmt::format("{}: should be an object of skills", where));
  std::map<std::string, std::vector<std::string>> skills;
  for (const auto& [skill, numbers] : document.items()) {
    if (!numbers.is_array())
      throw FileError(fmt::format("{}: '{}' should be a list of numbers", where, skill));
    for (const json& number : numbers) {
      const std::string id =
          number.is_number_unsigned() ? fmt::format("{:05}", number.get<std::uint64_t>()) : "";
      if (std::ranges::find(prompts, id, &GenAiPrompt::id) == prompts.end())
        throw FileError(fmt::format("{}: '{}' has a number that no prompt has: {}", where, skill,
                                    number.dump(-1, ' ', true)));
      skills[skill].push_back(id);
    }
  }
  return skills;
}

}  // namespace lidit::benchmarks
