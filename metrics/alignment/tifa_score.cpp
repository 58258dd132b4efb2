#include "metrics/alignment/tifa_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/errors.h"
#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

/// 1 for each answer that is the expected one.
std::vector<double> right_answers(const TifaCaption& caption, const ChoiceAnswers& given) {
  if (given.answers.size() != caption.questions.size())
    throw FileError(fmt::format("{}: {} answers to the {} questions about '{}'", given.where,
                                given.answers.size(), caption.questions.size(), caption.id));
  std::vector<double> right;
  for (std::size_t i = 0; i < given.answers.size(); ++i) {
    const TifaQuestion& question = caption.questions[i];
    if (std::ranges::find(question.choices, given.answers[i]) == question.choices.end())
      throw FileError(fmt::format("{}: '{}' is no choice of the question '{}'", given.where,
                                  given.answers[i], question.text));
    right.push_back(given.answers[i] == question.answer ? 1 : 0);
  }
  return right;
}

Aggregate spread_of_captions(const std::vector<ImageScore>& images) {
  std::vector<double> values;
  for (const ImageScore& image : images) values.push_back(image.value);
  return {.name = "tifa_stdev",
          .value = std::sqrt(variance(values).value()),
          .prompts = std::ssize(values),
          .values = std::ssize(values),
          .reason = kNoMean,
          .higher_is_better = {}};
}

}  // namespace

BenchmarkScore score_tifa(const std::vector<TifaCaption>& captions,
                          const ChoiceAnswerSheet& answers, Missing missing,
                          std::string_view where) {
  ScoreSheet sheet(1);
  for (const TifaCaption& caption : captions) sheet.expect(caption.id, "");
  std::map<std::string, ClusteredValues> types;
  for (const ChoiceAnswers& given : answers.captions) {
    const std::int64_t number = sheet.number_of(given.caption, given.where);
    const TifaCaption& caption = captions[static_cast<std::size_t>(number)];
    const std::vector<double> right = right_answers(caption, given);
    sheet.enter(caption.id, 0, mean(right).value(), {{"questions", right}}, given.where);
    for (std::size_t i = 0; i < right.size(); ++i)
      types[caption.questions[i].type].add(right[i], number);
  }
  BenchmarkScore score{.images = sheet.finish(missing, where), .expected = sheet.expected()};
  for (const ImageScore& image : score.images) {
    const auto right = get<std::vector<double>>(image.evidence, "questions");
    for (std::size_t i = 0; i < right.size(); ++i)
      score.verdicts[{image_id(image.prompt, image.image), static_cast<std::int64_t>(i) + 1}] =
          right[i] == 1;
  }
  score.aggregates = {aggregate_images("overall", score.images)};
  if (score.images.size() > 1) score.aggregates.push_back(spread_of_captions(score.images));
  for (const auto& [type, values] : types) score.aggregates.push_back(values.aggregate(type));
  check_claims(answers.claims, score, 1, where);
  return score;
}

}  // namespace lidit::benchmarks
