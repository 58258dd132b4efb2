#include "metrics/alignment/score_record.h"

#include <fmt/format.h>

#include "results/fingerprint.h"
#include "results/hash.h"
#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

constexpr std::string_view kErrorSuffix = ".standard_error";
constexpr const char* kImagesScored = "images.scored";

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
  return !measurement.name.ends_with(kErrorSuffix) && measurement.name != kImagesScored &&
         measurement.name.find(" - ") == std::string::npos;
}

const Measurement* error_of(const Record& record, const std::string& name) {
  return record.find(name + std::string(kErrorSuffix));
}

std::optional<Interval> interval_of(const Measurement& score, const Measurement& error) {
  constexpr double kRounding = 1e-12;
  const double value = *score.value;
  if (*error.value > kRounding && error.n > 1)
    return t_interval(MeanWithError{value, *error.value}, static_cast<double>(error.n - 1));
  if (score.unit != "fraction" || (value != 0 && value != 1) || error.n < 1) return std::nullopt;
  return proportion_interval(value == 1 ? error.n : 0, error.n);
}

Cell score_cell(const Record& record, const std::string& name) {
  const Measurement* value = record.find(name);
  if (!value || !value->value) return Cell::none("not scored");
  const Measurement* error = error_of(record, name);
  if (!error || !error->value) return Cell::number(*value->value);
  return Cell::number(*value->value, interval_of(*value, *error));
}

/// Of the intervals, and why some scores have none.
std::vector<std::string> interval_notes(std::span<const Record> records,
                                        std::span<const std::string> shown) {
  std::vector<std::string> notes = {
      "95 % by t over prompts, whose images are a cluster each; where every prompt scores 0 or "
      "every one 100 %, the rule of three"};
  for (const Record& record : records)
    for (const std::string& name : shown) {
      const Measurement *value = record.find(name), *error = error_of(record, name);
      if (!value || !error) continue;
      if (!error->value)
        notes.push_back(
            fmt::format("{}: {} has no interval: it {}", record.name, name, error->reason));
      else if (!interval_of(*value, *error))
        notes.push_back(
            fmt::format("{}: {} has no interval: all prompts score the same", record.name, name));
    }
  return notes;
}

}  // namespace

Record score_record(const BenchmarkScore& score, const ScoredSystem& system, Fields context) {
  Fields asked;
  asked["scorer"] = system.scorer;
  asked["prompts"] = hash_of_prompts(system.images);
  asked["missing"] = score.expected - std::ssize(score.images);
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
    table.columns.push_back({.title = measurement.name,
                             .unit = measurement.unit,
                             .digits = measurement.unit == "fraction" ? 2 : 3,
                             .higher_is_better = measurement.higher_is_better});
  }
  for (const Record& record : records) {
    const std::int64_t missing = get_or<std::int64_t>(record.asked, "missing", 0);
    std::vector<Cell> row = {Cell::words(
        missing == 0 ? record.name
                     : fmt::format("{} (incomplete: {} images missing)", record.name, missing))};
    for (const std::string& name : shown) row.push_back(score_cell(record, name));
    table.rows.push_back(std::move(row));
  }
  table.notes = interval_notes(records, shown);
  table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  mark_best(table);
  return table;
}

}  // namespace lidit::benchmarks
