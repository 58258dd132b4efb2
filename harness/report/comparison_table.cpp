#include "harness/report/comparison_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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

Cell make_cell(const RowResults& row, const std::string& measurement) {
  if (row.records.empty()) return Cell::none(row.missing.empty() ? "no record" : "no result");
  const std::optional<Estimate> found = estimate(row, measurement);
  if (!found) return Cell::none("not measured");
  const bool constant = found->interval && found->interval->low == found->interval->high;
  return constant ? Cell::number(found->mean) : Cell::number(found->mean, found->interval);
}

struct Comparison {
  std::size_t row;
  PairedDifference difference;
};

/// Every row against the reference, paired by seed, on one measurement.
std::vector<Comparison> compare(const SpecResults& results, const RowResults& reference,
                                const std::string& measurement) {
  std::vector<Comparison> all;
  const std::vector<double> base = reference.values(measurement);
  for (std::size_t i = 0; i < results.rows.size(); ++i) {
    const std::vector<double> values = results.rows[i].values(measurement);
    if (&results.rows[i] == &reference || values.size() != base.size()) continue;
    if (const auto difference = paired_difference(values, base, 0)) all.push_back({i, *difference});
  }
  return all;
}

/// Adds "against REFERENCE" and "adjusted p" to the table, where there are seeds enough.
void add_comparison(const AblationSpec& spec, const SpecResults& results, Table& table) {
  if (spec.seeds.size() < kSeedsOfAnInterval) return;
  const RowResults* reference = results.find(spec.table.reference);
  if (reference == nullptr || spec.table.columns.empty()) return;
  const ColumnSpec& first = spec.table.columns.front();
  const std::vector<Comparison> all = compare(results, *reference, first.measurement);
  if (all.empty()) return;
  std::vector<double> p;
  for (const Comparison& one : all) p.push_back(one.difference.p);
  const std::vector<double> adjusted = holm(p);
  table.columns.push_back({.title = fmt::format("{} - {}", first.label, reference->label),
                           .unit = table.columns[1].unit});
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

}  // namespace

std::string origin(const AblationSpec& spec, const SpecResults& results) {
  std::set<std::string> worlds, models;
  for (const RowResults& row : results.rows)
    for (const Record& record : row.records) {
      worlds.insert(get<std::string>(record.asked, "world.preset"));
      for (const auto& [key, value] : record.asked)
        if (key.starts_with("encoder.") && key.ends_with(".model"))
          models.insert(std::get<std::string>(value));
    }
  const std::size_t seeds = spec.seeds.size();
  const std::string claim = seeds == 1  ? "1 seed: no claim"
                            : seeds < 5 ? fmt::format("{} seeds: fewer than five, no claim", seeds)
                                        : fmt::format("{} seeds", seeds);
  const std::string_view intervals =
      seeds == 1                   ? "intervals at 95 %: bootstrap over structures and prompts"
      : seeds < kSeedsOfAnInterval ? "ranges: the lower and the higher seed"
                                   : "intervals at 95 %: t on the means of seeds";
  return fmt::format(
      "drawn world ({}); {}; {}; {}", fmt::join(worlds, ", "),
      models.empty() ? "no language model" : fmt::format("{}", fmt::join(models, ", ")), claim,
      intervals);
}

Table comparison_table(const AblationSpec& spec, const SpecResults& results) {
  Table table{.title = spec.title, .caption = origin(spec, results)};
  table.columns.push_back({.title = "row"});
  for (const ColumnSpec& column : spec.table.columns)
    table.columns.push_back(make_column(column, results));
  for (const RowResults& row : results.rows) {
    std::vector<Cell> cells{Cell::words(row.label)};
    for (const ColumnSpec& column : spec.table.columns)
      cells.push_back(make_cell(row, column.measurement));
    table.rows.push_back(std::move(cells));
    for (const std::string& reason : row.missing) table.notes.push_back(reason);
  }
  if (!spec.note.empty()) table.notes.insert(table.notes.begin(), spec.note);
  add_comparison(spec, results, table);
  return table;
}

void drop_timings(Table& table) {
  for (std::size_t i = table.columns.size(); i-- > 0;) {
    const std::string& unit = table.columns[i].unit;
    if (unit != "s" && unit != "1/s") continue;
    const auto place = static_cast<std::ptrdiff_t>(i);
    table.columns.erase(table.columns.begin() + place);
    for (std::vector<Cell>& row : table.rows) row.erase(row.begin() + place);
  }
}

}  // namespace lidit
