#include "harness/report/comparison_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace lidit {
namespace {

/// Unit and direction of a measurement, from the first record that has it.
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

/// By name as well as by unit: without a record no unit is known.
bool is_timing(const ColumnSpec& column, const SpecResults& results) {
  const std::string unit = make_column(column, results).unit;
  return unit == "s" || unit == "1/s" || column.measurement.starts_with("train.seconds") ||
         column.measurement.starts_with("sample.images_per_second");
}

Cell make_cell(const RowResults& row, const std::string& measurement) {
  if (row.records.empty()) return Cell::none(row.missing.empty() ? "no record" : "no result");
  const std::optional<Estimate> found = estimate(row, measurement);
  if (!found) return Cell::none("not measured");
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

struct Comparison {
  std::size_t row;
  PairedDifference difference;
};

/// By the seeds that both have; nothing where these are too few.
std::optional<PairedDifference> compare(const RowResults& row, const RowResults& reference,
                                        const std::string& measurement) {
  std::vector<double> a, b;
  const std::map<std::int64_t, double> base = reference.values_by_seed(measurement);
  for (const auto& [seed, value] : row.values_by_seed(measurement))
    if (const auto same = base.find(seed); same != base.end()) {
      a.push_back(value);
      b.push_back(same->second);
    }
  if (a.size() < kSeedsOfAnInterval) return std::nullopt;
  return paired_difference(a, b, 0);
}

/// Adds "ROW - REFERENCE" and "adjusted p" to the table, where there are seeds enough.
void add_comparison(const AblationSpec& spec, const SpecResults& results, Table& table) {
  const RowResults* reference = results.find(spec.table.reference);
  if (reference == nullptr) return;
  const ColumnSpec& first = spec.table.columns.front();
  std::vector<Comparison> all;
  std::vector<double> p;
  for (std::size_t i = 0; i < results.rows.size(); ++i) {
    if (&results.rows[i] == reference) continue;
    if (const auto found = compare(results.rows[i], *reference, first.measurement)) {
      all.push_back({i, *found});
      p.push_back(found->t_test_p);
    }
  }
  if (all.empty()) return;
  const std::vector<double> adjusted = holm(p);
  table.columns.push_back({.title = fmt::format("{} - {}", first.label, reference->label),
                           .unit = make_column(first, results).unit});
  table.columns.push_back({.title = "adjusted p", .digits = 3});
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto one = std::ranges::find(all, row, &Comparison::row);
    if (one == all.end()) {
      table.rows[row].insert(table.rows[row].end(), {Cell::words(""), Cell::words("")});
      continue;
    }
    const auto place = static_cast<std::size_t>(one - all.begin());
    table.rows[row].push_back(Cell::number(one->difference.difference, one->difference.interval));
    table.rows[row].push_back(Cell::number(adjusted[place]));
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
  if (!spec.table.columns.empty() && is_shown(spec.table.columns.front()))
    add_comparison(spec, results, table);
  table.notes = make_notes(spec, results);
  return table;
}

}  // namespace lidit
