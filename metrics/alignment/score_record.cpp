#include "metrics/alignment/score_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "results/fingerprint.h"
#include "results/hash.h"
#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

constexpr std::string_view kErrorSuffix = ".standard_error";
constexpr const char* kCorrected = "overall.corrected";
constexpr const char* kPartial = "prompts.scored";  // where they are not all that were published
// What records hold beside the scores that tables show.
constexpr std::array<std::string_view, 4> kHiddenSuffixes = {kErrorSuffix, ".crossed_error", ".low",
                                                             ".high"};
constexpr std::array<std::string_view, 3> kHidden = {"images.scored", "judge.sensitivity",
                                                     "judge.specificity"};

std::string hash_of_prompts(std::span<const ExpectedImage> images) {
  Sha256 hash;
  for (const ExpectedImage& image : images)
    hash.update(fmt::format("{}\n{}\n", image.files.front(), image.text));
  return hex(hash.finish());
}

std::string hash_of_judgements(const BenchmarkScore& score) {
  Sha256 hash;
  for (const Fields& row : rows_of(score)) hash.update(to_json(row) + "\n");
  return hex(hash.finish());
}

bool is_shown(const Measurement& measurement) {
  const std::string& name = measurement.name;
  return std::ranges::find(kHidden, name) == kHidden.end() &&
         std::ranges::none_of(kHiddenSuffixes, [&](auto end) { return name.ends_with(end); }) &&
         name.find(" - ") == std::string::npos;
}

/// The system's name with what its score is not of, in brackets.
std::string row_name(const Record& record) {
  std::vector<std::string> marks;
  if (std::string partial = get_or<std::string>(record.asked, kPartial, ""); !partial.empty())
    marks.push_back(std::move(partial));
  if (const auto missing = get_or<std::int64_t>(record.asked, "missing", 0); missing != 0)
    marks.push_back(fmt::format("incomplete: {} images missing", missing));
  return marks.empty() ? record.name : fmt::format("{} ({})", record.name, fmt::join(marks, "; "));
}

std::string title_of(const std::string& name) {
  return name == kCorrected ? "overall, corrected" : name;
}

const Measurement* error_of(const Record& record, const std::string& name) {
  return record.find(name + std::string(kErrorSuffix));
}

/// The interval that the record itself has, where it is not by t.
std::optional<Interval> recorded_interval(const Record& record, const std::string& name) {
  const Measurement *low = record.find(name + ".low"), *high = record.find(name + ".high");
  if (!low || !high || !low->value || !high->value) return std::nullopt;
  return Interval{*low->value, *high->value};
}

std::optional<Interval> interval_by_prompts(const Measurement& score, const Measurement& error) {
  constexpr double kRounding = 1e-12;
  const double value = *score.value;
  if (*error.value > kRounding && error.n > 1)
    return t_interval(MeanWithError{value, *error.value}, static_cast<double>(error.n - 1));
  if (score.unit != "fraction" || (value != 0 && value != 1) || error.n < 1) return std::nullopt;
  return proportion_interval(value == 1 ? error.n : 0, error.n);
}

Cell score_cell(const Record& record, const std::string& name) {
  const Measurement* value = record.find(name);
  if (!value || !value->value) return Cell::none(name == kCorrected ? "no audit" : "not scored");
  if (const auto interval = recorded_interval(record, name))
    return Cell::number(*value->value, interval);
  const Measurement* error = error_of(record, name);
  if (!error || !error->value) return Cell::number(*value->value);
  return Cell::number(*value->value, interval_by_prompts(*value, *error));
}

std::string share_of(const Measurement& rate) {
  return fmt::format("{:.0f} of {}", *rate.value * static_cast<double>(rate.n), rate.n);
}

/// Of the intervals that are not by t, and of what corrected scores rest on.
void append_methods(const Record& record, std::span<const std::string> shown,
                    std::vector<std::string>& notes) {
  std::vector<std::string> crossed;
  std::int64_t seeds = 0;
  for (const std::string& name : shown)
    if (const Measurement* error = record.find(name + ".crossed_error")) {
      crossed.push_back(name);
      seeds = error->n;
    }
  if (!crossed.empty())
    notes.push_back(fmt::format(
        "{}: {}: 95 % by the bootstrap over prompts crossed with the {} seeds that they share "
        "({} resamples, seed 0)",
        record.name, fmt::join(crossed, ", "), seeds, kResamples));
  const Measurement *right = record.find("judge.sensitivity"),
                    *wrong = record.find("judge.specificity");
  if (right && wrong && right->value && wrong->value)
    notes.push_back(fmt::format(
        "{}: corrected for the judge's errors in {} answers audited at random: it finds {} right "
        "ones and {} wrong ones (Rogan and Gladen; 95 % by the normal distribution)",
        record.name, right->n + wrong->n, share_of(*right), share_of(*wrong)));
}

/// Of the intervals, and why some scores have none.
std::vector<std::string> interval_notes(std::span<const Record> records,
                                        std::span<const std::string> shown) {
  std::vector<std::string> notes = {
      "unless said otherwise 95 % by t over prompts, whose images are a cluster each; where every "
      "prompt scores 0 or "
      "every one 100 %, the rule of three"};
  for (const Record& record : records) {
    append_methods(record, shown, notes);
    for (const std::string& name : shown) {
      const Measurement *value = record.find(name), *error = error_of(record, name);
      if (!value || !error || recorded_interval(record, name)) continue;
      if (!error->value)
        notes.push_back(
            fmt::format("{}: {} has no interval: it {}", record.name, name, error->reason));
      else if (!interval_by_prompts(*value, *error))
        notes.push_back(
            fmt::format("{}: {} has no interval: all prompts score the same", record.name, name));
    }
  }
  return notes;
}

}  // namespace

Record score_record(const BenchmarkScore& score, const ScoredSystem& system, Fields context) {
  Fields asked;
  asked["scorer"] = system.scorer;
  asked["prompts"] = hash_of_prompts(system.images);
  asked["missing"] = score.expected - std::ssize(score.images);
  if (!score.partial.empty()) asked[kPartial] = score.partial;
  for (const auto& [name, value] : score.settings) asked["legacy." + name] = value;
  Record record;
  record.fingerprint = fingerprint(
      {.spec = asked,
       .seed = 0,
       .dtype = "",
       .hashes = {{"images", system.image_hash}, {"judgements", hash_of_judgements(score)}}});
  record.name = system.name;
  record.asked = std::move(asked);
  record.context = std::move(context);
  if (!score.as_judged.empty()) record.context["as_judged"] = score.as_judged;
  record.measurements = measurements_of(score);
  return record;
}

Table score_table(std::string_view title, std::span<const Record> records,
                  std::span<const std::string> notes) {
  Table table{.title = std::string(title), .columns = {{.title = "system"}}};
  std::vector<std::string> shown;
  for (const Measurement& measurement : records.front().measurements) {
    if (!is_shown(measurement)) continue;
    shown.push_back(measurement.name);
    table.columns.push_back({.title = title_of(measurement.name),
                             .unit = measurement.unit,
                             .digits = measurement.unit == "fraction" ? 2 : 3,
                             .higher_is_better = measurement.higher_is_better});
  }
  for (const Record& record : records) {
    std::vector<Cell> row = {Cell::words(row_name(record))};
    for (const std::string& name : shown) row.push_back(score_cell(record, name));
    table.rows.push_back(std::move(row));
  }
  table.notes = interval_notes(records, shown);
  table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  mark_best(table);
  return table;
}

}  // namespace lidit::benchmarks
