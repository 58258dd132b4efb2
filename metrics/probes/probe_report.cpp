#include "metrics/probes/probe_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "metrics/probes/probe_figures.h"
#include "results/fields.h"
#include "results/files.h"
#include "results/report.h"

namespace lidit::probes {
namespace {

constexpr int kDigits = 3, kPDigits = 4;

/// Zero in every set to the last bit is more than a zero that was rounded.
bool is_exactly_zero(const Estimate& estimate) {
  return estimate.value &&
         std::ranges::all_of(estimate.by_set, [](double value) { return value == 0; });
}

Cell cell_of(const Estimate& estimate, const ProbeColumn& column) {
  if (!estimate.value) return Cell::none("no set of this encoder has it");
  if (is_exactly_zero(estimate)) return Cell::words("0 exactly");
  return column.has_interval ? Cell::number(*estimate.value, estimate.interval)
                             : Cell::number(*estimate.value);
}

Cell probability(const std::optional<double>& p) {
  return p ? Cell::number(*p) : Cell::none("no set of this encoder has it");
}

Table table_of(const ProbeEntry& probe, const ProbeReport& report) {
  Table table{.title = fmt::format("{} {}: {}", probe.name, probe.title, probe.question),
              .columns = {{.title = "encoder"}}};
  const std::vector<ProbeColumn> columns = probe.columns(report.options.pairs);
  for (const ProbeColumn& column : columns) {
    table.columns.push_back({.title = column.title, .digits = kDigits});
    if (!column.is_tested) continue;
    table.columns.push_back({.title = "p", .digits = kPDigits});
    table.columns.push_back({.title = "adjusted", .digits = kPDigits});
  }
  for (const ProbedEncoder& encoder : report.encoders) {
    auto& row = table.rows.emplace_back();
    row.push_back(Cell::words(encoder.label));
    for (const ProbeColumn& column : columns) {
      const Estimate& estimate = find_estimate(encoder.estimates, probe.title, column.measure);
      row.push_back(cell_of(estimate, column));
      if (!column.is_tested) continue;
      row.push_back(probability(estimate.p));
      row.push_back(probability(estimate.adjusted_p));
    }
  }
  return table;
}

std::string sets_as_json_lines(const ProbeReport& report) {
  std::string lines;
  for (const ProbedEncoder& encoder : report.encoders)
    for (const Estimate& estimate : encoder.estimates)
      lines += to_json(Fields{{"encoder", encoder.label},
                              {"probe", estimate.probe},
                              {"measure", estimate.measure},
                              {"values", estimate.by_set}}) +
               "\n";
  return lines;
}

}  // namespace

std::string ProbeReport::summary() const {
  return fmt::format(
      "{} sets of {} pairs in {} rotations, seed {}; intervals are 95 % over sets, p is of \"it is "
      "0\" by sign flips of sets, adjusted (Holm) over the probes of an encoder.{}",
      options.sets, options.pairs, options.pairs, options.seed,
      options.sets < 2 ? " One set: there are no intervals." : "");
}

Table ProbeReport::encoder_table() const {
  Table table{.title = "Encoders",
              .columns = {{.title = "encoder"},
                          {.title = "model"},
                          {.title = "hidden state"},
                          {.title = "type"},
                          {.title = "states probed"},
                          {.title = "width", .digits = 0}}};
  for (const ProbedEncoder& encoder : encoders)
    table.rows.push_back({Cell::words(encoder.label), Cell::words(encoder.model),
                          Cell::words(encoder.layer), Cell::words(encoder.dtype),
                          Cell::words(encoder.states),
                          Cell::number(static_cast<double>(encoder.width))});
  return table;
}

std::vector<Table> ProbeReport::tables() const {
  std::vector<Table> all;
  for (const ProbeEntry& probe : probes) all.push_back(table_of(probe, *this));
  return all;
}

std::vector<ProbeFigure> ProbeReport::figures() const { return probe_figures(*this); }

Table ProbeReport::numbers() const {
  Table table{.columns = {{.title = "encoder"},
                          {.title = "probe"},
                          {.title = "measure"},
                          {.title = "estimate"},
                          {.title = "p"},
                          {.title = "adjusted p"},
                          {.title = "sets"}}};
  for (const ProbedEncoder& encoder : encoders)
    for (const Estimate& estimate : encoder.estimates) {
      const auto number = [](const std::optional<double>& value) {
        return value ? Cell::number(*value) : Cell{};
      };
      table.rows.push_back({Cell::words(encoder.label), Cell::words(estimate.probe),
                            Cell::words(estimate.measure),
                            estimate.value ? Cell::number(*estimate.value, estimate.interval)
                                           : Cell::none("no set has it"),
                            number(estimate.p), number(estimate.adjusted_p),
                            Cell::number(static_cast<double>(estimate.by_set.size()))});
    }
  return table;
}

void write_report(const ProbeReport& report, const std::filesystem::path& folder) {
  Report page("Positional bias of encoders", report.summary());
  page.table(report.encoder_table());
  for (const Table& table : report.tables()) page.table(table);
  for (const ProbeFigure& figure : report.figures()) {
    page.figure(figure.svg, figure.caption);
    write_file(folder / (figure.name + ".svg"), figure.svg);
  }
  write_file(folder / "estimates.csv", print(report.numbers(), TableFormat::csv));
  write_file(folder / "sets.jsonl", sets_as_json_lines(report));
  write_file(folder / "index.html", page.html());
}

}  // namespace lidit::probes
