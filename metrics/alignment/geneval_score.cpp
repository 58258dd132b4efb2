#include "metrics/alignment/geneval_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "results/errors.h"

namespace lidit::benchmarks {
namespace {

constexpr double kConfidence = 0.3, kCountingConfidence = 0.9;
constexpr std::size_t kMostOfAClass = 16;
constexpr double kSizeShare = 0.1;  // of both boxes' sizes that a distance must exceed
constexpr double kNoOffset = 1e-3, kDirection = 0.5;

using Detections = std::vector<Detection>;

/// What the evaluator works on: sure enough, the surest first, at most 16.
Detections kept(const GenEvalResult& result, const std::string& object, bool counting) {
  const auto found = result.details.find(object);
  if (found == result.details.end()) return {};
  const double least = counting ? kCountingConfidence : kConfidence;
  Detections detections;
  std::ranges::copy_if(found->second, std::back_inserter(detections),
                       [&](const Detection& one) { return one.confidence > least; });
  std::ranges::stable_sort(detections, std::greater{}, &Detection::confidence);
  if (detections.size() > kMostOfAClass) detections.resize(kMostOfAClass);
  return detections;
}

/// The clauses of one prompt, one after the other; later ones refer to what earlier ones matched.
class Judge {
 public:
  Judge(const GenEvalPrompt& prompt, const GenEvalResult& result)
      : result_(result), counting_(prompt.tag == "counting") {
    for (const GenEvalClause& clause : prompt.include) include(clause);
    for (const GenEvalClause& clause : prompt.exclude) exclude(clause);
  }

  GenEvalVerdict verdict() const {
    if (!reason_.empty()) return {false, reason_};
    if (!colors_known_) return {std::nullopt, "colours are not given"};
    return {true, ""};
  }

 private:
  void include(const GenEvalClause& clause) {
    Detections found = kept(result_, clause.object, counting_);
    const auto wanted = static_cast<std::size_t>(clause.count);
    if (found.size() > wanted) found.resize(wanted);
    bool matched = found.size() == wanted;
    if (!matched) say(fmt::format("{} of {} {}", found.size(), wanted, clause.object));
    if (matched && clause.color) matched = has_color(clause, found);
    if (matched && clause.position) matched = stands(clause, found);
    matched_.push_back(matched ? found : Detections());
  }

  bool has_color(const GenEvalClause& clause, const Detections& found) {
    const bool known =
        std::ranges::all_of(found, [](const Detection& one) { return one.color.has_value(); });
    colors_known_ = colors_known_ && known;
    if (!known) return true;
    const auto right = std::ranges::count(found, clause.color, &Detection::color);
    if (right < clause.count)
      say(fmt::format("{} of {} {} {}", right, clause.count, *clause.color, clause.object));
    return right >= clause.count;
  }

  bool stands(const GenEvalClause& clause, const Detections& found) {
    const Detections& targets = matched_[clause.position->target];
    const bool holds = !targets.empty() && std::ranges::all_of(found, [&](const Detection& one) {
      return std::ranges::all_of(targets, [&](const Detection& target) {
        return geneval_relations(one, target).contains(clause.position->relation);
      });
    });
    if (!holds) say(fmt::format("{} not {} its target", clause.object, clause.position->relation));
    return holds;
  }

  void exclude(const GenEvalClause& clause) {
    const std::size_t found = kept(result_, clause.object, counting_).size();
    if (found >= static_cast<std::size_t>(clause.count))
      say(fmt::format("{} {}, fewer than {} wanted", found, clause.object, clause.count));
  }

  void say(const std::string& what) { reason_ += (reason_.empty() ? "" : "; ") + what; }

  const GenEvalResult& result_;
  bool counting_, colors_known_ = true;
  std::vector<Detections> matched_;  // of each clause; empty: not matched
  std::string reason_;
};

/// The value of one image after all that the judge said was compared.
double value_of(const GenEvalResult& result, const GenEvalVerdict& verdict) {
  if (!verdict.correct && !result.correct)
    throw FileError(fmt::format("{}: neither 'correct' nor the colours that decide it are given",
                                result.where));
  if (verdict.correct && result.correct && *verdict.correct != *result.correct)
    throw FileError(fmt::format("{}: says correct = {}, but its boxes give {}{}", result.where,
                                *result.correct, *verdict.correct,
                                verdict.reason.empty() ? "" : " (" + verdict.reason + ")"));
  return verdict.correct.value_or(result.correct.value_or(false)) ? 1 : 0;
}

/// The share of prompts with any image right.
Aggregate any_right(const std::vector<ImageScore>& images) {
  std::map<std::int64_t, double> best;
  for (const ImageScore& image : images)
    best[image.prompt_number] = std::max(best[image.prompt_number], image.value);
  ClusteredValues values;
  for (const auto& [prompt, value] : best) values.add(value, prompt);
  return values.aggregate("correct_prompts");
}

}  // namespace

std::set<std::string> geneval_relations(const Detection& a, const Detection& b) {
  double offset[2], revised[2];
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const double size = (a.box[axis + 2] - a.box[axis]) + (b.box[axis + 2] - b.box[axis]);
    offset[axis] = (a.box[axis] + a.box[axis + 2] - b.box[axis] - b.box[axis + 2]) / 2;
    const double beyond = std::max(std::abs(offset[axis]) - kSizeShare * size, 0.0);
    revised[axis] = std::copysign(beyond, offset[axis]);
  }
  if (std::abs(revised[0]) < kNoOffset && std::abs(revised[1]) < kNoOffset) return {};
  const double length = std::hypot(offset[0], offset[1]);
  std::set<std::string> relations;
  if (revised[0] / length < -kDirection) relations.insert("left of");
  if (revised[0] / length > kDirection) relations.insert("right of");
  if (revised[1] / length < -kDirection) relations.insert("above");
  if (revised[1] / length > kDirection) relations.insert("below");
  return relations;
}

GenEvalVerdict judge_geneval(const GenEvalPrompt& prompt, const GenEvalResult& result) {
  return Judge(prompt, result).verdict();
}

BenchmarkScore score_geneval(const std::vector<GenEvalPrompt>& prompts,
                             const GenEvalResults& results, Missing missing,
                             std::string_view where) {
  ScoreSheet sheet(kGenEvalImages);
  for (std::size_t number = 0; number < prompts.size(); ++number)
    sheet.expect(fmt::format("{:05}", number), prompts[number].tag);
  for (const GenEvalResult& result : results.results) {
    const std::string id = fmt::format("{:05}", result.prompt);
    const auto number = static_cast<std::size_t>(sheet.number_of(id, result.where));
    const GenEvalPrompt& prompt = prompts[number];
    if (result.prompt_text != prompt.prompt || result.tag != prompt.tag)
      throw FileError(fmt::format("{}: folder {} is '{}' ({}) here, but '{}' ({}) was judged",
                                  result.where, id, prompt.prompt, prompt.tag, result.prompt_text,
                                  result.tag));
    const GenEvalVerdict verdict = judge_geneval(prompt, result);
    sheet.enter(id, result.image, value_of(result, verdict), {{"reason", verdict.reason}},
                result.where);
  }
  BenchmarkScore score{.images = sheet.finish(missing, where), .expected = sheet.expected()};
  for (const ImageScore& image : score.images)
    score.verdicts[{image_id(image.prompt, image.image)}] = image.value == 1;
  const std::vector<std::string> tasks(std::begin(kGenEvalTasks), std::end(kGenEvalTasks));
  const std::vector<Aggregate> parts = aggregate_categories(score.images, tasks);
  score.aggregates = {macro_mean("overall", parts)};
  for (const Aggregate& part : parts) score.parts.push_back(part.name);
  score.aggregates.insert(score.aggregates.end(), parts.begin(), parts.end());
  score.aggregates.push_back(aggregate_images("correct_images", score.images));
  score.aggregates.push_back(any_right(score.images));
  check_claims(results.claims, score, 1, where);
  return score;
}

}  // namespace lidit::benchmarks
