#include "metrics/probes/drawn_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "metrics/probes/estimate_views.h"
#include "results/figures.h"

namespace lidit::probes {
namespace {

constexpr std::string_view kByPosition = "score-by-position", kOrder = "order-in-images",
                           kAblation = "ablation-in-images";

Curve slot_curve(const DrawnReport& report, const DrawnCell& cell, std::string_view probe,
                 std::string_view prefix) {
  return estimate_curve(
      {cell.label, cell.estimates}, probe, slot_numbers(report.slots),
      [&](double slot) { return fmt::format("{}{}", prefix, static_cast<std::int64_t>(slot)); });
}

LineChart slot_chart(std::string_view title, std::string_view y_label) {
  return {.title = std::string(title),
          .x_label = "slot of the object in the caption",
          .y_label = std::string(y_label),
          .curves = {},
          .spread = Spread::whiskers};
}

ProbeFigure score_figure(const DrawnReport& report) {
  LineChart chart = slot_chart("Objects drawn right, by their slot in the caption",
                               "share of objects with everything right");
  chart.references = {{"bag of words", report.floor}};
  chart.y_range.from = 0;
  for (const DrawnCell& cell : report.cells)
    chart.curves.push_back(slot_curve(report, cell, kByPosition, "slot."));
  return {"images_score", to_svg(chart),
          "P2 on images: the same objects in every slot; bars are 95 % intervals over sets. A bag "
          "of words knows every word and binds at random."};
}

ProbeFigure ablation_figure(const DrawnReport& report, std::string_view measure,
                            std::string_view title, std::string_view y_label,
                            std::string_view caption) {
  LineChart chart = slot_chart(title, y_label);
  chart.references = {{"nothing changes", 0}};
  for (const DrawnCell& cell : report.cells)
    chart.curves.push_back(slot_curve(report, cell, kAblation, fmt::format("{}.", measure)));
  return {fmt::format("images_{}", measure), to_svg(chart), std::string(caption)};
}

Table table_of(const DrawnProbe& probe, const DrawnReport& report) {
  std::vector<EstimatedRow> rows;
  for (const DrawnCell& cell : report.cells) rows.push_back({cell.label, cell.estimates});
  Table table = estimate_table(probe, report.slots, "trained cell", rows);
  if (probe.title != kOrder) return table;
  table.columns.push_back({.title = "McNemar p", .digits = 4});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& p = report.cells[i].mcnemar_p;
    table.rows[i].push_back(p ? Cell::number(*p) : Cell::none("there is no pair"));
  }
  table.notes.emplace_back(
      "McNemar's p takes objects and images as independent; p is of whole sets, which is safer.");
  return table;
}

}  // namespace

std::string DrawnReport::summary() const {
  return fmt::format(
      "{}: {} set{} of {} objects in {} rotations (split {}), {} image{} of every caption; all "
      "captions of a set start from the same noise (seed {}) in every cell. An object counts as "
      "drawn when the verifier finds it with everything right. Intervals are 95 % over sets, p is "
      "of \"it is 0\" by sign flips of sets, adjusted (Holm) over the probes of a cell's "
      "images.{}",
      world, sets, sets == 1 ? "" : "s", slots, slots, kDrawnSplit, images, images == 1 ? "" : "s",
      seed, sets < 2 ? " One set: there are no intervals." : "");
}

std::vector<Table> DrawnReport::tables() const {
  std::vector<Table> all;
  for (const DrawnProbe& probe : probes) all.push_back(table_of(probe, *this));
  return all;
}

std::vector<ProbeFigure> DrawnReport::figures() const {
  const auto ran = [&](std::string_view title) {
    return std::ranges::any_of(probes,
                               [&](const DrawnProbe& probe) { return probe.title == title; });
  };
  std::vector<ProbeFigure> figures;
  if (ran(kByPosition)) figures.push_back(score_figure(*this));
  if (!ran(kAblation)) return figures;
  figures.push_back(ablation_figure(
      *this, "use", "What the words of an object do for it", "drawn with its words - without",
      "P4 on images: how much more often an object is drawn right with its words than without, by "
      "its slot, from the same noise."));
  figures.push_back(ablation_figure(
      *this, "collateral", "What the words of an object cost the others",
      "others drawn without them - with",
      "P4 on images: how much more often the other objects are right once the words of a slot's "
      "object are left out."));
  return figures;
}

}  // namespace lidit::probes
