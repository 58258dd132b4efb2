#include "results/statistics/win_rate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "results/statistics/checks.h"
#include "results/statistics/distributions.h"
#include "results/statistics/estimates.h"
#include "results/statistics/hypothesis_tests.h"

namespace lidit {
namespace {

void check_once(std::span<const Judgement> judgements) {
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  for (const Judgement& judgement : judgements)
    if (!seen.emplace(judgement.prompt, judgement.rater).second)
      throw std::invalid_argument(
          fmt::format("rater {} judges prompt {} twice", judgement.rater, judgement.prompt));
}

double points(Preference preference) {
  return preference == Preference::win ? 1 : preference == Preference::tie ? 0.5 : 0;
}

/// The sign test of prompts, each by what most of its raters say.
double test_prompts(std::span<const Judgement> judgements) {
  std::map<std::int64_t, std::int64_t> balances;
  for (const Judgement& judgement : judgements)
    balances[judgement.prompt] +=
        (judgement.preference == Preference::win) - (judgement.preference == Preference::loss);
  std::int64_t won = 0, lost = 0;
  for (const auto& [prompt, balance] : balances) {
    won += balance > 0;
    lost += balance < 0;
  }
  return sign_test(won, lost).value_or(1);
}

std::optional<Interval> interval_of(const WinRate& found, double level) {
  if (found.prompts < 2) return std::nullopt;
  const auto judgements = found.wins + found.ties + found.losses;
  if (found.ties == judgements) return std::nullopt;
  if (found.wins == judgements) return proportion_interval(found.prompts, found.prompts, level);
  if (found.losses == judgements) return proportion_interval(0, found.prompts, level);
  const std::int64_t clusters =
      found.raters > 1 ? std::min(found.prompts, found.raters) : found.prompts;
  const double half_width =
      *found.standard_error * t_quantile(0.5 + level / 2, static_cast<double>(clusters - 1));
  return Interval{std::max(0.0, found.rate - half_width), std::min(1.0, found.rate + half_width)};
}

}  // namespace

std::optional<WinRate> win_rate(std::span<const Judgement> judgements, double level) {
  check_level(level);
  check_once(judgements);
  if (judgements.empty()) return std::nullopt;
  std::vector<double> scores;
  std::vector<std::int64_t> prompts, raters;
  for (const Judgement& judgement : judgements) {
    scores.push_back(points(judgement.preference));
    prompts.push_back(judgement.prompt);
    raters.push_back(judgement.rater);
  }
  const auto distinct = [](const std::vector<std::int64_t>& ids) {
    return static_cast<std::int64_t>(std::set(ids.begin(), ids.end()).size());
  };
  const auto count = [&](Preference preference) {
    return static_cast<std::int64_t>(
        std::ranges::count(judgements, preference, &Judgement::preference));
  };
  WinRate found{.wins = count(Preference::win),
                .ties = count(Preference::tie),
                .losses = count(Preference::loss),
                .prompts = distinct(prompts),
                .raters = distinct(raters),
                .rate = *mean(scores),
                .standard_error = {},
                .interval = {},
                .sign_test_p = test_prompts(judgements)};
  found.standard_error = found.raters > 1
                             ? two_way_clustered_standard_error(scores, prompts, raters)
                             : clustered_standard_error(scores, prompts);
  found.interval = interval_of(found, level);
  return found;
}

}  // namespace lidit
