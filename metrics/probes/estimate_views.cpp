#include "metrics/probes/estimate_views.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/fields.h"

namespace lidit::probes {
namespace {

constexpr int kDigits = 3, kPDigits = 4;

/// Zero in every set to the last bit is more than a zero that was rounded.
bool is_exactly_zero(const Estimate& estimate) {
  return estimate.value &&
         std::ranges::all_of(estimate.by_set, [](double value) { return value == 0; });
}

Cell cell_of(const Estimate& estimate, const ProbeColumn& column) {
  if (!estimate.value) return Cell::none("no set has it");
  if (is_exactly_zero(estimate)) return Cell::words("0 exactly");
  return column.has_interval ? Cell::number(*estimate.value, estimate.interval)
                             : Cell::number(*estimate.value);
}

Cell probability(const std::optional<double>& p) {
  return p ? Cell::number(*p) : Cell::none("no set has it");
}

}  // namespace

Table estimate_table(const ProbeLabel& probe, std::int64_t slots, std::string_view row_title,
                     std::span<const EstimatedRow> rows) {
  Table table{.title = fmt::format("{} {}: {}", probe.name, probe.title, probe.question),
              .columns = {{.title = std::string(row_title)}}};
  const std::vector<ProbeColumn> columns = probe.columns(slots);
  for (const ProbeColumn& column : columns) {
    table.columns.push_back({.title = column.title, .digits = kDigits});
    if (!column.is_tested) continue;
    table.columns.push_back({.title = "p", .digits = kPDigits});
    table.columns.push_back({.title = "adjusted", .digits = kPDigits});
  }
  for (const auto& [label, estimates] : rows) {
    auto& row = table.rows.emplace_back();
    row.push_back(Cell::words(std::string(label)));
    for (const ProbeColumn& column : columns) {
      const Estimate& estimate = find_estimate(estimates, probe.title, column.measure);
      row.push_back(cell_of(estimate, column));
      if (!column.is_tested) continue;
      row.push_back(probability(estimate.p));
      row.push_back(probability(estimate.adjusted_p));
    }
  }
  if (!probe.note.empty()) table.notes.emplace_back(probe.note);
  return table;
}

Curve estimate_curve(const EstimatedRow& row, std::string_view probe, const std::vector<double>& xs,
                     const std::function<std::string(double)>& name) {
  Curve curve{.label = std::string(row.label), .x = {}, .y = {}, .low = {}, .high = {}};
  for (const double x : xs) {
    const Estimate& estimate = find_estimate(row.estimates, probe, name(x));
    if (!estimate.value) continue;
    curve.x.push_back(x);
    curve.y.push_back(*estimate.value);
    if (!estimate.interval) continue;
    curve.low.push_back(estimate.interval->low);
    curve.high.push_back(estimate.interval->high);
  }
  if (curve.low.size() != curve.y.size()) curve.low.clear(), curve.high.clear();
  return curve;
}

std::vector<double> slot_numbers(std::int64_t slots) {
  std::vector<double> numbers;
  for (std::int64_t slot = 1; slot <= slots; ++slot) numbers.push_back(static_cast<double>(slot));
  return numbers;
}

Table estimate_numbers(std::span<const EstimatedRow> rows) {
  Table table{.columns = {{.title = "encoder"},
                          {.title = "probe"},
                          {.title = "measure"},
                          {.title = "estimate"},
                          {.title = "p"},
                          {.title = "adjusted p"},
                          {.title = "sets"}}};
  const auto number = [](const std::optional<double>& value) {
    return value ? Cell::number(*value) : Cell{};
  };
  for (const auto& [label, estimates] : rows)
    for (const Estimate& estimate : estimates)
      table.rows.push_back({Cell::words(std::string(label)), Cell::words(estimate.probe),
                            Cell::words(estimate.measure),
                            estimate.value ? Cell::number(*estimate.value, estimate.interval)
                                           : Cell::none("no set has it"),
                            number(estimate.p), number(estimate.adjusted_p),
                            Cell::number(static_cast<double>(estimate.by_set.size()))});
  return table;
}

std::string sets_as_json_lines(std::span<const EstimatedRow> rows) {
  std::string lines;
  for (const auto& [label, estimates] : rows)
    for (const Estimate& estimate : estimates)
      lines += to_json(Fields{{"encoder", std::string(label)},
                              {"probe", estimate.probe},
                              {"measure", estimate.measure},
                              {"values", estimate.by_set}}) +
               "\n";
  return lines;
}

}  // namespace lidit::probes
