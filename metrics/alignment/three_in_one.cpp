#include "metrics/alignment/three_in_one.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/alignment/compbench_score.h"
#include "results/errors.h"

namespace lidit::benchmarks {
namespace {

CompBenchAnswer three_in_one(const ThreeAnswers& said, ComplexKind kind, const Switches& switches) {
  CompBenchAnswer answer = said.blip_vqa;
  answer.parts["blip_vqa"] = answer.finished ? *answer.finished : blip_vqa_score(answer, switches);
  if (kind != ComplexKind::action) answer.parts["unidet_2d"] = said.unidet;
  if (kind != ComplexKind::spatial) answer.parts["clip"] = said.clip;
  double sum = 0;
  for (const auto& [judge, value] : answer.parts) sum += value;
  answer.finished = sum / static_cast<double>(answer.parts.size());
  return answer;
}

void check_agreement(const CompBenchAnswer& judged, const CompBenchAnswer& recomputed) {
  if (!judged.finished || agrees_with(*judged.finished, *recomputed.finished, 1)) return;
  std::vector<std::string> parts;
  for (const auto& [judge, value] : recomputed.parts)
    parts.push_back(fmt::format("{} {}", judge, value));
  throw FileError(fmt::format("{}: the 3-in-1 answer to question {} is {}, but {} give {:.6f}",
                              judged.where, judged.question_id, *judged.finished,
                              fmt::join(parts, ", "), *recomputed.finished));
}

}  // namespace

void recompute_three_in_one(CompBenchAnswers& answers, std::span<const std::string> prompts,
                            const ComplexKinds& kinds, const Switches& switches) {
  std::map<std::int64_t, CompBenchAnswer*> finished;
  for (CompBenchAnswer& answer : answers.answers)
    if (answer.category == "complex") finished.emplace(answer.question_id, &answer);
  std::vector<CompBenchAnswer> added;
  for (const auto& [id, said] : answers.complex) {
    const std::int64_t number = id / kCompBenchImages;
    if (number >= std::ssize(prompts))
      throw FileError(fmt::format("{}: no image {} of the category 'complex' is asked for",
                                  said.blip_vqa.where, id));
    const std::string& prompt = prompts[static_cast<std::size_t>(number)];
    const auto kind = kinds.find(prompt);
    const auto judged = finished.find(id);
    if (kind == kinds.end() && judged != finished.end()) continue;
    if (kind == kinds.end())
      throw FileError(fmt::format(
          "{}: '{}' is in none of complex_val_spatial.txt, complex_val_action.txt and "
          "complex_val_spatialaction.txt, which decide what its 3-in-1 score is made of",
          said.blip_vqa.where, prompt));
    CompBenchAnswer answer = three_in_one(said, kind->second, switches);
    if (judged == finished.end()) {
      added.push_back(std::move(answer));
    } else {
      check_agreement(*judged->second, answer);
      *judged->second = std::move(answer);
    }
  }
  for (CompBenchAnswer& answer : added) answers.answers.push_back(std::move(answer));
}

}  // namespace lidit::benchmarks
