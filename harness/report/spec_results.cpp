#include "harness/report/spec_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/planned_cell.h"
#include "harness/report/clustered_scores.h"
#include "harness/report/derived_measurements.h"
#include "results/store.h"

namespace lidit {
namespace {

void add_cell(const ExperimentSpec& cell, const RecordStore& store, const Home& home,
              RowResults& row) {
  const auto miss = [&](const std::string& reason) {
    row.missing.push_back(fmt::format("{}, seed {}: {}", cell.row, cell.seed, reason));
  };
  if (!cell.skip_reason.empty()) return miss(cell.skip_reason);
  const std::string name = plan_cell(cell, home).fingerprint;
  const std::optional<Record> record = store.find(name);
  if (!record) return miss("not run yet");
  if (record->status != Status::done) return miss(record->reason);
  row.records.push_back(*record);
  add_derived_measurements(row.records.back());
  row.folders.push_back(store.place_of(name));
}

/// The interval of one seed's mean over a split, from the raw rows.
std::optional<Interval> interval_within(const std::filesystem::path& folder,
                                        std::string_view measurement) {
  const std::size_t dot = measurement.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string score = score_of_prompts(measurement.substr(dot + 1));
  if (score.empty()) return std::nullopt;
  ClusteredScores scores;
  for (const Fields& row : read_prompts(folder))
    if (get<std::string>(row, "split") == measurement.substr(0, dot) && row.contains(score))
      scores.add(get<double>(row, score), things_scored(row, score),
                 get<std::string>(row, "structure"));
  return scores.interval();
}

}  // namespace

std::vector<double> RowResults::values(std::string_view measurement) const {
  std::vector<double> found;
  for (const Record& record : records)
    if (const Measurement* m = record.find(measurement); m != nullptr && m->value)
      found.push_back(*m->value);
  return found;
}

std::optional<std::string> RowResults::why_missing(std::string_view measurement) const {
  std::string reason;
  std::size_t without = 0;
  for (const Record& record : records)
    if (const Measurement* m = record.find(measurement); m != nullptr && !m->value) {
      reason = m->reason;
      ++without;
    }
  if (without == 0) return std::nullopt;
  if (without == records.size()) return reason;
  return fmt::format("{} by {} of {} seeds", reason, without, records.size());
}

std::map<std::int64_t, double> RowResults::values_by_seed(std::string_view measurement) const {
  std::map<std::int64_t, double> found;
  for (const Record& record : records)
    if (const Measurement* m = record.find(measurement); m != nullptr && m->value)
      found.emplace(get<std::int64_t>(record.asked, "seed"), *m->value);
  return found;
}

PairedScores pair_by_seed(const RowResults& row, const RowResults& other,
                          std::string_view measurement, std::optional<double> margin) {
  PairedScores scores{.a = {}, .b = {}, .margin = margin};
  // The seeds that got there alone would favour rows that seldom do.
  if (row.why_missing(measurement) || other.why_missing(measurement)) return scores;
  const std::map<std::int64_t, double> base = other.values_by_seed(measurement);
  for (const auto& [seed, value] : row.values_by_seed(measurement))
    if (const auto same = base.find(seed); same != base.end()) {
      scores.a.push_back(value);
      scores.b.push_back(same->second);
    }
  return scores;
}

const RowResults* SpecResults::find(std::string_view label) const {
  const auto row = std::ranges::find(rows, label, &RowResults::label);
  return row == rows.end() ? nullptr : &*row;
}

SpecResults collect_results(const AblationSpec& spec, const Home& home) {
  const RecordStore store(home.records());
  SpecResults results;
  for (const ExperimentSpec& cell : spec.cells) {
    auto row = std::ranges::find(results.rows, cell.row, &RowResults::label);
    if (row == results.rows.end()) {
      results.rows.push_back({.label = cell.row, .records = {}, .folders = {}, .missing = {}});
      row = results.rows.end() - 1;
    }
    add_cell(cell, store, home, *row);
  }
  return results;
}

std::optional<Estimate> estimate(const RowResults& row, std::string_view measurement) {
  const std::vector<double> values = row.values(measurement);
  const std::optional<double> centre = mean(values);
  if (!centre) return std::nullopt;
  if (values.size() >= kSeedsOfAnInterval) return Estimate{*centre, t_interval(values)};
  if (values.size() > 1) {
    const auto [lowest, highest] = std::ranges::minmax(values);
    return Estimate{*centre, Interval{lowest, highest}, true};
  }
  return Estimate{*centre, interval_within(row.folders.front(), measurement), true};
}

}  // namespace lidit
