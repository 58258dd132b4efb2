#include "harness/report/against_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/comparison_table.h"
#include "harness/report/record_pairs.h"
#include "harness/spec_files.h"
#include "results/names.h"
#include "results/store.h"

namespace lidit {
namespace {

/// One line of the table before p is adjusted.
struct Line {
  std::string row, measure;
  PairedScores scores;
  std::optional<Interval> within;  // with too few seeds for one by t
};

std::vector<ColumnSpec> score_columns(const AblationSpec& spec, const SpecResults& results) {
  std::vector<ColumnSpec> columns;
  for (const ColumnSpec& column : spec.table.columns)
    if (!is_timing(column, results) && make_column(column, results).higher_is_better)
      columns.push_back(column);
  if (columns.empty()) throw UserError(fmt::format("'{}' has no column of scores", spec.name));
  return columns;
}

/// The lines of one row; why others are not there goes to `notes`.
void add_lines(const RowResults& row, const RowResults& other,
               const std::vector<ColumnSpec>& columns, std::optional<double> margin,
               std::vector<Line>& lines, std::vector<std::string>& notes) {
  const std::vector<RecordPair> pairs = pair_records(row, other);
  if (pairs.empty())
    return notes.push_back(
        fmt::format("{}: not compared, no record has a seed of '{}'", row.label, other.label));
  for (const ColumnSpec& column : columns) {
    if (const auto reason = why_refused(pairs, column.measurement)) {
      notes.push_back(fmt::format("{}, {}: not compared, {}", row.label, column.label, *reason));
      continue;
    }
    Line line{row.label, column.label, pair_by_seed(row, other, column.measurement, margin), {}};
    if (line.scores.a.empty()) {
      notes.push_back(fmt::format("{}: {} was not measured on both", row.label, column.label));
      continue;
    }
    if (line.scores.a.size() < kSeedsOfAnInterval)
      line.within = interval_of_runs(pairs, column.measurement);
    lines.push_back(std::move(line));
  }
}

std::vector<Cell> make_cells(const Line& line, const std::optional<Comparison>& found) {
  const double a = *mean(line.scores.a), b = *mean(line.scores.b);
  std::vector<Cell> cells = {Cell::words(line.row), Cell::words(line.measure), Cell::number(a),
                             Cell::number(b)};
  if (found) {
    cells.push_back(Cell::number(found->paired.difference, found->paired.interval));
    for (const auto& value : {found->paired.t_test_p, found->adjusted_p, found->detectable})
      cells.push_back({.value = value});
    cells.push_back(Cell::words(describe(found->verdict)));
    return cells;
  }
  const std::size_t seeds = line.scores.a.size();
  cells.push_back(line.within ? Cell::range(a - b, *line.within) : Cell::number(a - b));
  cells.insert(cells.end(), 3, Cell::words(""));
  cells.push_back(Cell::words(fmt::format("{} seed{}: no claim", seeds, seeds == 1 ? "" : "s")));
  return cells;
}

/// Whether the row holds a record of the other: its differences would be zero by themselves.
bool share_records(const RowResults& row, const RowResults& other) {
  return std::ranges::find_first_of(row.folders, other.folders) != row.folders.end();
}

}  // namespace

RowResults find_row(std::string_view name, const SpecResults& results, const Home& home) {
  constexpr std::size_t kLeastDigits = 4;
  const auto labels = [](const SpecResults& all) {
    std::vector<std::string> found;
    for (const RowResults& row : all.rows) found.push_back(row.label);
    return found;
  };
  if (const RowResults* row = results.find(name)) return *row;
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    const SpecResults others = collect_results(open_spec(name.substr(0, colon), home), home);
    const std::string_view label = name.substr(colon + 1);
    if (const RowResults* row = others.find(label)) return *row;
    throw UserError(unknown_name("row", label, labels(others)));
  }
  if (name.size() >= kLeastDigits &&
      name.find_first_not_of("0123456789abcdef") == std::string_view::npos) {
    const std::filesystem::path folder = RecordStore(home.records()).resolve(name);
    const Record record = read_record(folder);
    if (record.status != Status::done)
      throw UserError(fmt::format("record {} has no scores: {}", name, record.reason));
    if (!record.asked.contains("seed"))
      throw UserError(fmt::format("record {} is no trained cell: it has no seed to pair by", name));
    return {.label = record.name, .records = {record}, .folders = {folder}, .missing = {}};
  }
  throw UserError(unknown_name("row", name, labels(results)) +
                  " OTHER-SPEC:ROW and the first digits of a record work too.");
}

Table against_table(const AblationSpec& spec, const SpecResults& results, const RowResults& other) {
  if (other.records.empty())
    throw UserError(fmt::format("'{}' has no record to compare with", other.label));
  std::vector<ColumnSpec> columns = score_columns(spec, results);
  const Column first = make_column(columns.front(), results);
  std::vector<std::string> notes;
  std::erase_if(columns, [&](const ColumnSpec& column) {
    const bool differs = make_column(column, results).unit != first.unit;
    if (differs) notes.push_back(fmt::format("{}: not compared, another unit", column.label));
    return differs;
  });
  std::vector<Line> lines;
  for (const RowResults& row : results.rows)
    if (!share_records(row, other)) add_lines(row, other, columns, margin_of(first), lines, notes);
  if (lines.empty())
    throw UserError(notes.empty() ? "there is no other row to compare" : notes.front());

  Table table{.title = fmt::format("{} Against '{}'", spec.title, other.label),
              .caption = origin(results)};
  table.columns = {{.title = "row"},
                   {.title = "measure"},
                   {.title = "value", .unit = first.unit, .digits = first.digits},
                   {.title = "against", .unit = first.unit, .digits = first.digits},
                   {.title = "difference", .unit = first.unit, .digits = first.digits},
                   {.title = "p", .digits = 3},
                   {.title = "adjusted p", .digits = 3},
                   {.title = "detectable", .unit = first.unit, .digits = first.digits},
                   {.title = "verdict"}};
  std::vector<PairedScores> family;
  for (const Line& line : lines) family.push_back(line.scores);
  const std::vector<std::optional<Comparison>> all = compare(family);
  for (std::size_t i = 0; i < lines.size(); ++i) table.rows.push_back(make_cells(lines[i], all[i]));
  table.notes = std::move(notes);
  table.notes.push_back(
      "p: paired t test over seeds, adjusted by Holm over this table; detectable: the least true "
      "difference found with a power of 80 %; no spread: every seed differs by the same amount, "
      "which leaves nothing to test by");
  return table;
}

}  // namespace lidit
