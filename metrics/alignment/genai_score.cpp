#include "metrics/alignment/genai_score.h"

#include <fmt/format.h>

#include "metrics/alignment/human_agreement.h"
#include "results/errors.h"
#include "results/names.h"
#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

std::string system_image(std::string_view system, std::string_view prompt) {
  return fmt::format("{}/{}", system, prompt);
}

void append_slips(const GenAiSet& set, BenchmarkScore& score) {
  if (set.slips > 0)
    score.notes.push_back(fmt::format("{} published ratings outside 1..5 are left out", set.slips));
}

/// Where a figure cannot be computed it is absent, and a note says why.
void append_agreement(const char* name, std::optional<double> value, std::int64_t images,
                      BenchmarkScore& score) {
  if (value)
    score.aggregates.push_back({.name = name,
                                .value = *value,
                                .prompts = images,
                                .values = images,
                                .unit = "",
                                .reason = kNoMean});
  else
    score.notes.push_back(fmt::format("{} needs scores and ratings that vary", name));
}

}  // namespace

BenchmarkScore score_genai(const GenAiSet& set, const GenAiSkills& skills,
                           const PromptScoreSheet& sheet, Missing missing, std::string_view where) {
  ScoreSheet places(1);
  for (const GenAiPrompt& prompt : set.prompts) places.expect(prompt.id, "");
  for (const PromptScore& score : sheet.scores) {
    if (!score.system.empty())
      throw FileError(
          fmt::format("{}: names the system '{}', but one system is scored at a time; "
                      "genai-human takes several",
                      score.where, score.system));
    places.enter(score.prompt, 0, score.value, {}, score.where);
  }
  BenchmarkScore score{.images = places.finish(missing, where), .expected = places.expected()};
  score.aggregates = {aggregate_images("overall", score.images)};
  std::map<std::string, const ImageScore*> by_prompt;
  for (const ImageScore& image : score.images) by_prompt[image.prompt] = &image;
  for (const auto& [skill, ids] : skills) {
    ClusteredValues values;
    for (const std::string& id : ids)
      if (const auto found = by_prompt.find(id); found != by_prompt.end())
        values.add(found->second->value, found->second->prompt_number);
    if (!values.values.empty()) score.aggregates.push_back(values.aggregate(skill));
  }
  check_claims(sheet.claims, score, 1, where);
  return score;
}

BenchmarkScore score_genai_human(const GenAiSet& set, const PromptScoreSheet& sheet,
                                 Missing missing, std::string_view where) {
  ScoreSheet places(1);
  std::vector<std::string> systems;
  std::map<std::string, double> ratings;  // of each image, the mean of its raters
  for (const auto& [system, unused] : set.prompts.front().ratings) {
    systems.push_back(system);
    for (const GenAiPrompt& prompt : set.prompts) {
      places.expect(system_image(system, prompt.id), system);
      if (const auto rating = mean(prompt.ratings.at(system)))
        ratings[system_image(system, prompt.id)] = *rating;
    }
  }
  if (systems.empty()) throw UserError("genai-human needs prompts with ratings");
  for (const PromptScore& score : sheet.scores) {
    if (!set.prompts.front().ratings.contains(score.system))
      throw FileError(
          fmt::format("{}: {}", score.where, unknown_name("model", score.system, systems)));
    places.enter(system_image(score.system, score.prompt), 0, score.value, {}, score.where);
  }
  BenchmarkScore score{.images = places.finish(missing, where), .expected = places.expected()};
  std::vector<double> of_judge, of_humans;
  std::map<std::string, ClusteredValues> by_system;
  for (const ImageScore& image : score.images) {
    const auto rating = ratings.find(image.prompt);
    if (rating == ratings.end()) continue;
    of_judge.push_back(image.value);
    of_humans.push_back(rating->second);
    by_system[image.category].add(rating->second, image.prompt_number);
  }
  const std::int64_t images = std::ssize(of_judge);
  append_agreement("pairwise_accuracy", pairwise_accuracy(of_judge, of_humans), images, score);
  append_agreement("pearson", pearson(of_judge, of_humans), images, score);
  append_agreement("kendall_tau_b", kendall_tau_b(of_judge, of_humans), images, score);
  for (Aggregate& aggregate : aggregate_categories(score.images, systems))
    score.aggregates.push_back(std::move(aggregate));
  for (const auto& [system, values] : by_system) {
    score.aggregates.push_back(values.aggregate(system + " human"));
    score.aggregates.back().unit = "rating";
  }
  append_slips(set, score);
  check_claims(sheet.claims, score, 1, where);
  return score;
}

}  // namespace lidit::benchmarks
