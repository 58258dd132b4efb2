// GenAI-Bench: prompts with human ratings of images by several systems.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

struct GenAiPrompt {
  std::string id;  // five digits
  std::string prompt;
  std::map<std::string, std::vector<double>> ratings;  // of each system, by its raters: 1..5
};

struct GenAiSet {
  std::vector<GenAiPrompt> prompts;
  std::int64_t slips = 0;  // ratings outside 1..5, left out: the published file has a 41 and a 33
};

/// genai_image.json: {"00001": {"id", "prompt", "models": {name: [5, 5, 4]}}}, in the order of
/// keys; the key is the id, because the published entries are not always called as their keys.
/// FileError naming `where` and the id for a rating that is no number, systems with unequal numbers
/// of ratings, prompts with unequal systems, and for no prompt.
GenAiSet parse_genai(std::string_view text, std::string_view where);

/// genai_skills.json: {"counting": [3, 17], ...}, numbers of prompts. FileError for an unknown
/// prompt.
std::map<std::string, std::vector<std::string>> parse_genai_skills(
    std::string_view text, const std::vector<GenAiPrompt>& prompts, std::string_view where);

}  // namespace lidit::benchmarks
