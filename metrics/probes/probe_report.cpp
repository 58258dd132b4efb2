#include "metrics/probes/probe_report.h"

#include <fmt/format.h>

#include "metrics/probes/estimate_views.h"
#include "metrics/probes/probe_figures.h"
#include "results/files.h"
#include "results/report.h"

namespace lidit::probes {
namespace {

/// A row for each encoder.
std::vector<EstimatedRow> rows_of(const ProbeReport& report) {
  std::vector<EstimatedRow> rows;
  for (const ProbedEncoder& encoder : report.encoders)
    rows.push_back({encoder.label, encoder.estimates});
  return rows;
}

Table encoder_table(const ProbeReport& report) {
  Table table{.title = "Encoders",
              .columns = {{.title = "encoder"},
                          {.title = "model"},
                          {.title = "hidden state"},
                          {.title = "type"},
                          {.title = "instruction"},
                          {.title = "states probed"},
                          {.title = "width", .digits = 0}}};
  for (const ProbedEncoder& encoder : report.encoders)
    table.rows.push_back({Cell::words(encoder.label), Cell::words(encoder.model),
                          Cell::words(encoder.layer), Cell::words(encoder.dtype),
                          Cell::words(encoder.instruction), Cell::words(encoder.states),
                          Cell::number(static_cast<double>(encoder.width))});
  return table;
}

}  // namespace

std::string ProbeReport::summary() const {
  return fmt::format(
      "{} sets of {} pairs in {} rotations, seed {}; intervals are 95 % over sets, p is of \"it is "
      "0\" by sign flips of sets, adjusted (Holm) over the probes of an encoder.{}",
      options.sets, options.pairs, options.pairs, options.seed,
      options.sets < 2 ? " One set: there are no intervals." : "");
}

std::vector<Table> ProbeReport::tables() const {
  const std::vector<EstimatedRow> rows = rows_of(*this);
  std::vector<Table> all = {encoder_table(*this)};
  for (const ProbeEntry& probe : probes)
    all.push_back(estimate_table(probe, options.pairs, "encoder", rows));
  return all;
}

std::vector<ProbeFigure> ProbeReport::figures() const { return probe_figures(*this); }

void write_report(const ProbeReport* states, const DrawnReport* images,
                  const std::filesystem::path& folder) {
  Report page("Positional bias", "What the place of a word in the prompt does.");
  std::vector<EstimatedRow> rows;
  const auto add = [&](const auto& report, std::string_view heading) {
    page.heading(heading);
    page.paragraph(report.summary());
    for (const Table& table : report.tables()) page.table(table);
    for (const ProbeFigure& figure : report.figures()) {
      page.figure(figure.svg, figure.caption);
      write_file(folder / (figure.name + ".svg"), figure.svg);
    }
  };
  if (states != nullptr) {
    add(*states, "Of states");
    rows = rows_of(*states);
  }
  if (images != nullptr) {
    add(*images, "Of images");
    for (const DrawnCell& cell : images->cells) rows.push_back({cell.label, cell.estimates});
  }
  write_file(folder / "estimates.csv", print(estimate_numbers(rows), TableFormat::csv));
  write_file(folder / "sets.jsonl", sets_as_json_lines(rows));
  write_file(folder / "index.html", page.html());
}

}  // namespace lidit::probes
