// GenAI-Bench: the mean VQAScore, by skill, and its agreement with human ratings.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/judges/question_answers.h"
#include "metrics/prompts/genai_prompts.h"

namespace lidit::benchmarks {

/// Skill -> ids of prompts; empty where the file of skills is not at hand.
using GenAiSkills = std::map<std::string, std::vector<std::string>>;

/// One system: overall the mean over prompts, and per skill the mean over its prompts. FileError
/// for judgements that name systems.
BenchmarkScore score_genai(const GenAiSet& set, const GenAiSkills& skills,
                           const PromptScoreSheet& sheet, Missing missing, std::string_view where);

/// The judge itself, on images of the rated systems: pearson, kendall_tau_b and pairwise_accuracy
/// (the headline) against the mean of each image's ratings; per system its mean score and, as
/// "NAME human", its mean rating from 1 to 5. FileError for a system that nobody rated.
BenchmarkScore score_genai_human(const GenAiSet& set, const PromptScoreSheet& sheet,
                                 Missing missing, std::string_view where);

}  // namespace lidit::benchmarks
