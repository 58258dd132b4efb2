#include "harness/report/rank_table.h"

#include <fmt/format.h>

#include "harness/report/comparison_table.h"
#include "harness/report/record_pairs.h"

namespace lidit {
namespace {

bool was_trained(const RowResults& row) {
  return !row.records.empty() && !row.records.front().series.empty();
}

/// A row without training is the same in every spec: it would agree by itself.
std::optional<double> rank_score(const RowResults* row, const std::string& measurement) {
  if (row == nullptr || !was_trained(*row) || row->why_missing(measurement)) return std::nullopt;
  const auto found = estimate(*row, measurement);
  return found ? std::optional(found->mean) : std::nullopt;
}

std::string describe_order(const std::vector<double>& a, const std::vector<double>& b) {
  const auto found = kendall_tau(a, b);
  if (!found) return "all rows are equal in one of the two: there is no order to compare";
  return fmt::format("Kendall's tau between the two, over {} rows: {:.2f}{}", a.size(), found->tau,
                     found->p ? fmt::format(" (p = {:.3f}, exact)", *found->p)
                              : std::string(" (equal rows: no exact p)"));
}

}  // namespace

Table rank_table(const AblationSpec& spec, const SpecResults& results, const AblationSpec& other,
                 const SpecResults& other_results) {
  if (spec.table.columns.empty())
    throw UserError(fmt::format("'{}' has no column to compare by", spec.name));
  const ColumnSpec& first = spec.table.columns.front();
  Column column = make_column(first, results);
  Table table{.title = fmt::format("{}: the order of rows in '{}' and in '{}'", first.label,
                                   spec.name, other.name),
              .caption = origin(results)};
  table.columns.push_back({.title = "row"});
  for (const std::string& name : {spec.name, other.name}) {
    column.title = name;
    table.columns.push_back(column);
  }
  std::vector<double> a, b;
  for (const RowResults& row : results.rows) {
    const auto here = rank_score(&row, first.measurement);
    const auto there = rank_score(other_results.find(row.label), first.measurement);
    if (!here || !there) continue;
    const auto pairs = pair_records(row, *other_results.find(row.label));
    if (const auto why = why_refused(pairs, first.measurement)) {
      table.notes.push_back(fmt::format("{}: left out, {}", row.label, *why));
      continue;
    }
    a.push_back(*here);
    b.push_back(*there);
    table.rows.push_back({Cell::words(row.label), Cell::number(*here), Cell::number(*there)});
  }
  if (a.size() < 2)
    throw UserError(fmt::format("'{}' and '{}' share {} trained row{} with '{}'; two are needed{}",
                                spec.name, other.name, a.size(), a.size() == 1 ? "" : "s",
                                first.measurement,
                                table.notes.empty() ? "" : ". " + table.notes.front()));
  table.notes.push_back(describe_order(a, b));
  table.notes.push_back(fmt::format("{}: {}", other.name, origin(other_results)));
  return table;
}

}  // namespace lidit
