#include "metrics/alignment/score_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

/// Category and prompt, and the scores of its images.
using ScoresByPrompt = std::map<std::pair<std::string, std::string>, std::vector<double>>;

ScoresByPrompt scores_by_prompt(std::span<const Fields> rows, std::span<const std::string> parts) {
  ScoresByPrompt scores;
  for (const Fields& row : rows) {
    const auto category = get<std::string>(row, "category");
    if (parts.empty() || std::ranges::find(parts, category) != parts.end())
      scores[{category, get<std::string>(row, "prompt")}].push_back(get<double>(row, "value"));
  }
  return scores;
}

/// The means of both systems on the prompts that they share, with the part of each prompt.
struct SharedPrompts {
  std::vector<double> a, b;
  std::vector<std::int64_t> parts;
  bool is_binary = true;  // one image a prompt, right or wrong

  void add(const std::vector<double>& of_a, const std::vector<double>& of_b, std::int64_t part) {
    for (const auto* scores : {&of_a, &of_b})
      is_binary =
          is_binary && scores->size() == 1 && (scores->front() == 0 || scores->front() == 1);
    a.push_back(*mean(of_a));
    b.push_back(*mean(of_b));
    parts.push_back(part);
  }
};

/// Every part counts alike. Degrees of freedom by Welch and Satterthwaite: few where one small part
/// has most of the spread.
std::optional<ScoreDifference> macro_difference(const std::vector<double>& differences,
                                                const std::vector<std::int64_t>& parts) {
  std::map<std::int64_t, std::vector<double>> by_part;
  for (std::size_t i = 0; i < differences.size(); ++i) by_part[parts[i]].push_back(differences[i]);
  std::vector<MeanWithError> means;
  double squares = 0, fourths = 0;
  for (const auto& [part, values] : by_part) {
    const auto error = standard_error(values);
    if (!error) return std::nullopt;
    means.push_back({*mean(values), *error});
    squares += *error * *error;
    fourths += std::pow(*error, 4) / static_cast<double>(values.size() - 1);
  }
  const auto macro = lidit::macro_mean(means);
  if (!macro) return std::nullopt;
  ScoreDifference found{.difference = macro->mean,
                        .p = *stratified_sign_flip_test(differences, parts, 0),
                        .test = "sign flips within categories"};
  constexpr double kRounding = 1e-12;
  if (macro->standard_error > kRounding)
    found.interval = t_interval(*macro, squares * squares / fourths);
  return found;
}

}  // namespace

std::optional<ScoreDifference> score_difference(std::span<const Fields> a,
                                                std::span<const Fields> b,
                                                std::span<const std::string> parts) {
  const ScoresByPrompt of_a = scores_by_prompt(a, parts), of_b = scores_by_prompt(b, parts);
  SharedPrompts shared;
  for (const auto& [prompt, scores] : of_a)
    if (const auto other = of_b.find(prompt); other != of_b.end())
      shared.add(scores, other->second, std::ranges::find(parts, prompt.first) - parts.begin());
  std::optional<ScoreDifference> found;
  if (!parts.empty()) {
    found = macro_difference(paired_differences(shared.a, shared.b), shared.parts);
  } else if (const auto paired = paired_difference(shared.a, shared.b, 0)) {
    found = ScoreDifference{.difference = paired->difference,
                            .interval = paired->interval,
                            .p = paired->sign_flip_p,
                            .test = "sign flips"};
    if (shared.is_binary) found->p = *mcnemar_test(shared.a, shared.b), found->test = "McNemar";
  }
  if (found) found->prompts = std::ssize(shared.a);
  return found;
}

std::vector<std::string> describe(std::span<const ScoreDifference> family) {
  std::vector<double> p;
  for (const ScoreDifference& one : family) p.push_back(one.p);
  const std::vector<double> adjusted = holm(p);
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < family.size(); ++i) {
    const auto& [difference, interval, raw, test, prompts] = family[i];
    const std::string between =
        interval ? fmt::format("[{:.1f}, {:.1f}]", 100 * interval->low, 100 * interval->high)
                 : "(no interval: no spread)";
    const std::string corrected =
        family.size() > 1 ? fmt::format(", {:.3f} adjusted", adjusted[i]) : "";
    sentences.push_back(fmt::format("{:+.1f} points {} over {} prompts, p = {:.3f}{} ({})",
                                    100 * difference, between, prompts, raw, corrected, test));
  }
  return sentences;
}

}  // namespace lidit::benchmarks
