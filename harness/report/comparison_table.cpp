#include "harness/report/comparison_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/report/record_pairs.h"
#include "harness/settings.h"
#include "results/comparison.h"

namespace lidit {

Column make_column(const ColumnSpec& wanted, const SpecResults& results) {
  Column column{.title = wanted.label};
  if (wanted.digits) column.digits = static_cast<int>(*wanted.digits);
  for (const RowResults& row : results.rows)
    for (const Record& record : row.records)
      if (const Measurement* m = record.find(wanted.measurement)) {
        column.unit = m->unit;
        column.higher_is_better = m->higher_is_better;
        return column;
      }
  return column;
}

bool is_timing(const ColumnSpec& column, const SpecResults& results) {
  const std::string unit = make_column(column, results).unit;
  return unit == "s" || unit == "1/s" || column.measurement.starts_with("train.seconds") ||
         column.measurement.starts_with("sample.images_per_second");
}

std::optional<double> margin_of(const Column& column) {
  return column.unit == "fraction" ? std::optional(kEquivalenceMargin) : std::nullopt;
}

namespace {

std::string why_missing(const RowResults& row, const std::string& measurement) {
  for (const Record& record : row.records)
    if (const Measurement* found = record.find(measurement); found && !found->value)
      return found->reason;
  return "not measured";
}

Cell make_cell(const RowResults& row, const std::string& measurement) {
  if (row.records.empty()) return Cell::none(row.missing.empty() ? "no record" : "no result");
  // A mean over the seeds that got there would favour rows that seldom do.
  if (const auto reason = row.why_missing(measurement)) return Cell::none(*reason);
  const std::optional<Estimate> found = estimate(row, measurement);
  if (!found) return Cell::none(why_missing(row, measurement));
  if (!found->interval || found->interval->low == found->interval->high)
    return Cell::number(found->mean);
  return found->is_range ? Cell::range(found->mean, *found->interval)
                         : Cell::number(found->mean, found->interval);
}

/// A column for a measurement of which the paper gives values, as the table's own column of it.
void add_paper_column(const AblationSpec& spec, const SpecResults& results,
                      const std::string& measurement, Table& table) {
  const auto shown = std::ranges::find(spec.table.columns, measurement, &ColumnSpec::measurement);
  ColumnSpec wanted{.measurement = measurement, .label = "paper: " + measurement};
  if (shown != spec.table.columns.end()) wanted.digits = shown->digits;
  table.columns.push_back(make_column(wanted, results));
  table.columns.back().higher_is_better.reset();  // another world: not to be compared with ours
  for (std::size_t i = 0; i < results.rows.size(); ++i) {
    const auto row = std::ranges::find(spec.rows, results.rows[i].label, &RowSpec::label);
    const bool known = row != spec.rows.end() && row->paper.contains(measurement);
    table.rows[i].push_back(known ? Cell::number(row->paper.at(measurement)) : Cell::words(""));
  }
}

void add_paper(const AblationSpec& spec, const SpecResults& results, Timings timings,
               Table& table) {
  std::set<std::string> measurements;
  for (const RowSpec& row : spec.rows)
    for (const auto& [measurement, value] : row.paper) measurements.insert(measurement);
  for (const std::string& measurement : measurements) {
    const ColumnSpec column{.measurement = measurement, .label = measurement};
    if (timings == Timings::shown || !is_timing(column, results))
      add_paper_column(spec, results, measurement, table);
  }
}

/// Adds difference, p, adjusted p and verdict against the reference, where there are seeds enough.
void add_comparison(const AblationSpec& spec, const SpecResults& results, Table& table) {
  const RowResults* reference = results.find(spec.table.reference);
  if (reference == nullptr) return;
  const ColumnSpec& first = spec.table.columns.front();
  const Column shown = make_column(first, results);
  std::vector<PairedScores> family;  // the reference's own pairing is empty
  for (const RowResults& row : results.rows) {
    family.emplace_back();
    if (&row == reference) continue;
    if (const auto why = why_refused(pair_records(row, *reference), first.measurement))
      table.notes.push_back(fmt::format("{}: not compared, {}", row.label, *why));
    else
      family.back() = pair_by_seed(row, *reference, first.measurement, margin_of(shown));
  }
  const std::vector<std::optional<Comparison>> all = compare(family);
  if (std::ranges::none_of(all, [](const auto& found) { return found.has_value(); })) return;
  table.columns.push_back(
      {.title = fmt::format("{} - {}", first.label, reference->label), .unit = shown.unit});
  table.columns.push_back({.title = "p", .digits = 3});
  table.columns.push_back({.title = "adjusted p", .digits = 3});
  table.columns.push_back({.title = "verdict"});
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    std::vector<Cell> cells(4, Cell::words(""));
    if (const auto& found = all[row])
      cells = {Cell::number(found->paired.difference, found->paired.interval),
               Cell{.value = found->paired.t_test_p}, Cell{.value = found->adjusted_p},
               Cell::words(describe(found->verdict))};
    table.rows[row].insert(table.rows[row].end(), cells.begin(), cells.end());
  }
}

/// The spec's note, what has no record, rows short of seeds, and devices that differ.
std::vector<std::string> make_notes(const AblationSpec& spec, const SpecResults& results) {
  std::vector<std::string> notes, short_rows;
  if (!spec.note.empty()) notes.push_back(spec.note);
  std::set<std::string> devices;
  for (const RowResults& row : results.rows) {
    notes.insert(notes.end(), row.missing.begin(), row.missing.end());
    if (!row.records.empty() && row.records.size() < spec.seeds.size())
      short_rows.push_back(
          fmt::format("{} ({} of {})", row.label, row.records.size(), spec.seeds.size()));
    for (const Record& record : row.records)
      if (const auto name = get_or<std::string>(record.context, "device_name", ""); !name.empty())
        devices.insert(name);
  }
  for (const RowResults& row : results.rows)
    for (const Record& record : row.records)
      if (const Measurement* lack = record.find(kImagesMissing); lack && lack->value > 0.0)
        notes.push_back(fmt::format("{}: incomplete, {:.0f} images are missing", record.name,
                                    lack->value.value_or(0)));
  if (!short_rows.empty())
    notes.push_back(fmt::format("fewer seeds than asked for: {}", fmt::join(short_rows, ", ")));
  if (devices.size() > 1)
    notes.push_back(
        fmt::format("the records come from different devices: {}; timings are not "
                    "comparable, and scores may differ by rounding",
                    fmt::join(devices, ", ")));
  return notes;
}

std::string_view kind_of_interval(std::size_t seeds) {
  if (seeds == 1) return "intervals at 95 %: bootstrap over structures and prompts";
  if (seeds < kSeedsOfAnInterval) return "ranges: the lower and the higher seed";
  return "intervals at 95 %: t on the means of seeds";
}

/// How many seeds the rows have, what that is worth and what their intervals are.
std::string describe_seeds(const SpecResults& results) {
  std::set<std::size_t> counts;
  for (const RowResults& row : results.rows)
    if (!row.records.empty()) counts.insert(row.records.size());
  if (counts.empty()) return "no record yet";
  const std::size_t least = *counts.begin(), most = *counts.rbegin();
  const std::string seeds = least == most ? fmt::format("{} seed{}", most, most == 1 ? "" : "s")
                                          : fmt::format("{} to {} seeds", least, most);
  const std::string_view claim = most == 1   ? ": no claim"
                                 : least < 5 ? ": fewer than five, no claim"
                                             : "";
  std::vector<std::string> kinds;
  for (const std::size_t count : counts) {
    const std::string_view kind = kind_of_interval(count);
    if (!kinds.empty() && kinds.back().starts_with(kind)) continue;
    const std::string of = count < kSeedsOfAnInterval
                               ? fmt::format(" (rows of {} seed{})", count, count == 1 ? "" : "s")
                               : fmt::format(" (rows of {} seeds or more)", kSeedsOfAnInterval);
    kinds.push_back(least == most ? std::string(kind) : std::string(kind) + of);
  }
  return fmt::format("{}{}; {}", seeds, claim, fmt::join(kinds, "; "));
}

}  // namespace

std::string origin(const SpecResults& results) {
  std::set<std::string> worlds, models;
  for (const RowResults& row : results.rows)
    for (const Record& record : row.records) {
      worlds.insert(get<std::string>(record.asked, "world.preset"));
      for (const auto& [key, value] : record.asked)
        if (key.starts_with("encoder.") && key.ends_with(".model"))
          models.insert(std::get<std::string>(value));
    }
  const std::string world =
      worlds.empty() ? "drawn world" : fmt::format("drawn world ({})", fmt::join(worlds, ", "));
  return fmt::format(
      "{}; {}; {}", world,
      models.empty() ? "no language model" : fmt::format("{}", fmt::join(models, ", ")),
      describe_seeds(results));
}

Table comparison_table(const AblationSpec& spec, const SpecResults& results, Timings timings) {
  const auto is_shown = [&](const ColumnSpec& column) {
    return timings == Timings::shown || !is_timing(column, results);
  };
  Table table{.title = spec.title, .caption = origin(results)};
  table.columns.push_back({.title = "row"});
  for (const RowResults& row : results.rows) table.rows.push_back({Cell::words(row.label)});
  for (const ColumnSpec& column : spec.table.columns) {
    if (!is_shown(column)) continue;
    table.columns.push_back(make_column(column, results));
    for (std::size_t i = 0; i < results.rows.size(); ++i)
      table.rows[i].push_back(make_cell(results.rows[i], column.measurement));
  }
  add_paper(spec, results, timings, table);
  table.notes = make_notes(spec, results);
  if (!spec.table.columns.empty() && is_shown(spec.table.columns.front()))
    add_comparison(spec, results, table);
  return table;
}

}  // namespace lidit
