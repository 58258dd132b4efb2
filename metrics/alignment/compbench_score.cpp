#include "metrics/alignment/compbench_score.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "metrics/prompts/compbench_prompts.h"
#include "results/errors.h"

namespace lidit::benchmarks {
namespace {

constexpr std::array<std::string_view, 4> kStopList = {"top", "the side", "the left", "the right"};
constexpr std::array<std::string_view, 3> kAttributes = {"color", "shape", "texture"};

std::string prompt_id(const std::string& category, std::int64_t number) {
  return fmt::format("{}/{:03}", category, number);
}

bool is_stopped(std::string_view question) {
  if (question.ends_with('?')) question.remove_suffix(1);
  return std::ranges::find(kStopList, question) != kStopList.end();
}

/// The file name that the published layout gives the image, without its folder.
void check_image_name(const CompBenchAnswer& answer, const std::string& prompt) {
  const std::string expected = fmt::format("{}_{:06}.png", prompt, answer.question_id);
  if (answer.image && std::filesystem::path(*answer.image).filename() != expected)
    throw FileError(fmt::format("{}: question {} is about '{}', not about '{}'", answer.where,
                                answer.question_id, expected, *answer.image));
}

void enter_answer(const CompBenchAnswer& answer, const CompBenchPrompts& prompts,
                  const Switches& switches, ScoreSheet& sheet) {
  const auto category = prompts.find(answer.category);
  const std::int64_t number = answer.question_id / kCompBenchImages;
  if (category == prompts.end() || number >= std::ssize(category->second))
    throw FileError(fmt::format("{}: no image {} of the category '{}' is asked for", answer.where,
                                answer.question_id, answer.category));
  check_image_name(answer, category->second[static_cast<std::size_t>(number)]);
  const double value = answer.finished ? *answer.finished : blip_vqa_score(answer, switches);
  Fields evidence;
  evidence["questions"] = answer.questions;
  evidence["answers"] = answer.answers;
  for (const auto& [judge, part] : answer.parts) evidence[judge] = part;
  sheet.enter(prompt_id(answer.category, number), answer.question_id % kCompBenchImages, value,
              std::move(evidence), answer.where);
}

/// Switches that had nothing to act on are recorded as what the judge did.
Fields effective_settings(const CompBenchAnswers& answers, const Switches& switches) {
  const bool any_questions = std::ranges::any_of(
      answers.answers,
      [](const CompBenchAnswer& answer) { return !answer.finished || !answer.questions.empty(); });
  Fields fields = switches.fields();
  for (const char* name : {"np_num", "stop_list"}) {
    if (any_questions) continue;
    if (switches.was_asked(name))
      throw UserError(fmt::format(
          "legacy switch '{}' needs the answers to each question; this judge file has finished "
          "scores only",
          name));
    fields[name] = std::string("as judged");
  }
  return fields;
}

/// "spatial (UniDet 2D)" of each category in which the judge's file has scores of whole images that
/// nothing here was made of.
std::vector<std::string> taken_whole(const CompBenchAnswers& answers,
                                     std::span<const std::string> categories) {
  std::vector<std::string> taken;
  for (const CompBenchCategory& category : compbench_categories()) {
    if (std::ranges::find(categories, category.name) == categories.end()) continue;
    std::int64_t images = 0, whole = 0;
    for (const CompBenchAnswer& answer : answers.answers) {
      if (answer.category != category.name) continue;
      ++images;
      whole += answer.finished && answer.parts.empty() ? 1 : 0;
    }
    if (whole == 0) continue;
    taken.push_back(
        fmt::format("{} ({}{})", category.name, category.scored_by,
                    whole == images ? "" : fmt::format("; {} of {} images", whole, images)));
  }
  return taken;
}

}  // namespace

std::span<const Switch> compbench_switches() {
  static const std::vector<Switch> switches = {
      {"np_num", "questions that count: 8 since December 2023, 2 before", {"8", "2"}},
      {"stop_list", "leave out words of place: since January 2024", {"on", "off"}},
      {"color_val", "the colour prompts: five lines changed in September 2025", {"2025", "2023"}}};
  return switches;
}

std::span<const SwitchPreset> compbench_presets() {
  static const std::vector<SwitchPreset> presets = {
      {"2023", {{"np_num", "2"}, {"stop_list", "off"}, {"color_val", "2023"}}}};
  return presets;
}

double blip_vqa_score(const CompBenchAnswer& answer, const Switches& switches) {
  std::size_t left = switches["np_num"] == "2" ? 2 : 8;
  double product = 1;
  for (std::size_t i = 0; i < answer.questions.size() && left > 0; ++i) {
    if (switches["stop_list"] == "on" && is_stopped(answer.questions[i])) continue;
    product *= answer.answers[i];
    --left;
  }
  return product;
}

BenchmarkScore score_compbench(const CompBenchPrompts& prompts, const CompBenchAnswers& answers,
                               const Switches& switches, Missing missing, std::string_view where) {
  ScoreSheet sheet(kCompBenchImages);
  std::vector<std::string> categories;
  for (const CompBenchCategory& entry : compbench_categories()) {
    const auto category = prompts.find(std::string(entry.name));
    if (category == prompts.end()) continue;
    categories.push_back(category->first);
    for (std::int64_t number = 0; number < std::ssize(category->second); ++number)
      sheet.expect(prompt_id(category->first, number), category->first);
  }
  for (const CompBenchAnswer& answer : answers.answers)
    enter_answer(answer, prompts, switches, sheet);
  BenchmarkScore score{.images = sheet.finish(missing, where),
                       .settings = effective_settings(answers, switches),
                       .expected = sheet.expected(),
                       .as_judged = taken_whole(answers, categories)};
  if (!score.as_judged.empty())
    score.notes.push_back(fmt::format("as judged, not recomputed from what was seen: {}",
                                      fmt::join(score.as_judged, ", ")));
  score.aggregates = aggregate_categories(score.images, categories);
  std::vector<Aggregate> attributes;
  for (const std::string_view name : kAttributes)
    if (const Aggregate* part = score.find(name)) attributes.push_back(*part);
  if (attributes.size() == kAttributes.size()) {
    score.aggregates.insert(score.aggregates.begin(), macro_mean("overall", attributes));
    score.parts.assign(kAttributes.begin(), kAttributes.end());
  } else {
    score.notes.push_back("T2I-avg is the mean of color, shape and texture; not all are scored");
  }
  check_claims(answers.claims, score, 1, where);
  return score;
}

}  // namespace lidit::benchmarks
