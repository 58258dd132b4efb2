#include "metrics/human/human_score.h"

#include <fmt/format.h>

#include <stdexcept>

#include "results/fingerprint.h"
#include "results/hash.h"
#include "results/statistics/agreement.h"
#include "results/statistics/estimates.h"

namespace lidit::human {
namespace {

WinRate rate_of(const Preferences& preferences) {
  const std::optional<WinRate> found = win_rate(preferences.judgements);
  if (!found) throw UserError("the files hold no answers");
  return *found;
}

std::optional<double> alpha_of(const Preferences& preferences) {
  std::vector<Rating> ratings;
  for (const Judgement& judgement : preferences.judgements)
    ratings.push_back({.unit = judgement.prompt,
                       .rater = judgement.rater,
                       .value = static_cast<double>(judgement.preference)});
  return krippendorff_alpha(ratings, RatingScale::nominal);
}

constexpr const char* kNoInterval = "needs two prompts, and answers other than \"no difference\"";
constexpr const char* kNoAlpha = "needs a pair with two raters, and two different answers";

Measurement measured(const char* name, std::optional<double> value, const char* reason,
                     const char* unit, std::int64_t n) {
  return {.name = name,
          .value = value,
          .reason = value ? "" : reason,
          .unit = unit,
          .n = n,
          .higher_is_better = {}};
}

const char* name_of(Preference preference) {
  return preference == Preference::win ? "win" : preference == Preference::tie ? "tie" : "loss";
}

std::string system_pair(const ComparisonKey& key) {
  return fmt::format("{} over {}", key.first, key.second);
}

}  // namespace

std::vector<Fields> comparison_rows(const ComparisonKey& key, const Preferences& preferences) {
  std::vector<Fields> rows;
  for (const Judgement& judgement : preferences.judgements) {
    const PairKey& pair = key.pairs[static_cast<std::size_t>(judgement.prompt)];
    const std::string& rater = preferences.raters[static_cast<std::size_t>(judgement.rater)];
    rows.push_back({{"id", fmt::format("{} {}", pair.pair, rater)},
                    {"prompt", pair.prompt},
                    {"caption", pair.caption},
                    {"rater", rater},
                    {"first_is_left", pair.first_is_left},
                    {"preference", std::string(name_of(judgement.preference))}});
  }
  return rows;
}

Record comparison_record(const ComparisonKey& key, const Preferences& preferences, Fields context) {
  const WinRate found = rate_of(preferences);
  Sha256 prompts, answers;
  for (const PairKey& pair : key.pairs) prompts.update(pair.caption + "\n");
  for (const Fields& row : comparison_rows(key, preferences)) answers.update(to_json(row) + "\n");
  Record record;
  record.asked = {{"scorer", std::string(kHumanScorer)},
                  {"prompts", hex(prompts.finish())},
                  {"first", key.first},
                  {"second", key.second},
                  {"missing", static_cast<std::int64_t>(preferences.unjudged.size())}};
  record.fingerprint =
      fingerprint({.spec = record.asked,
                   .seed = 0,
                   .dtype = "",
                   .hashes = {{"page", key.page}, {"answers", hex(answers.finish())}}});
  record.name = system_pair(key);
  record.context = std::move(context);
  const auto judged = std::ssize(preferences.judgements);
  const auto bound = [&](double Interval::*end) {
    return found.interval ? std::optional((*found.interval).*end) : std::nullopt;
  };
  const auto count = [&](const char* name, std::int64_t value) {
    return measured(name, static_cast<double>(value), "", "count", judged);
  };
  record.measurements = {
      measured("win_rate", found.rate, "", "fraction", judged),
      measured("win_rate.standard_error", found.standard_error, "needs two prompts", "fraction",
               found.prompts),
      measured("win_rate.low", bound(&Interval::low), kNoInterval, "fraction", judged),
      measured("win_rate.high", bound(&Interval::high), kNoInterval, "fraction", judged),
      measured("sign_test.p", found.sign_test_p, "", "", found.prompts),
      measured("alpha", alpha_of(preferences), kNoAlpha, "", judged),
      count("wins", found.wins),
      count("ties", found.ties),
      count("losses", found.losses),
      count("prompts", found.prompts),
      count("raters", found.raters)};
  return record;
}

Table comparison_table(const ComparisonKey& key, const Preferences& preferences) {
  const WinRate found = rate_of(preferences);
  const std::optional<double> alpha = alpha_of(preferences);
  Table table{.title = "Preferences of people",
              .columns = {{.title = "systems"},
                          {.title = "win rate", .unit = "fraction", .digits = 1},
                          {.title = "wins"},
                          {.title = "ties"},
                          {.title = "losses"},
                          {.title = "prompts"},
                          {.title = "raters"},
                          {.title = "sign test p", .digits = 3},
                          {.title = "alpha", .digits = 2}}};
  const auto count = [](std::int64_t value) { return Cell::number(static_cast<double>(value)); };
  table.rows = {{Cell::words(system_pair(key)), Cell::number(found.rate, found.interval),
                 count(found.wins), count(found.ties), count(found.losses), count(found.prompts),
                 count(found.raters), Cell::number(found.sign_test_p),
                 alpha ? Cell::number(*alpha) : Cell::none(kNoAlpha)}};
  table.notes = {
      "win rate: a tie is half a win; 95 % by t, errors clustered by prompt and rater; sign test "
      "over prompts; alpha: Krippendorff's, nominal"};
  if (!found.interval) table.notes.push_back(fmt::format("no interval: it {}", kNoInterval));
  if (!preferences.unjudged.empty())
    table.notes.push_back(fmt::format("incomplete: {} of {} pairs are not judged",
                                      preferences.unjudged.size(), key.pairs.size()));
  return table;
}

}  // namespace lidit::human
