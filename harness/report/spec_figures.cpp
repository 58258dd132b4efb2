#include "harness/report/spec_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/report/comparison_table.h"
#include "harness/settings.h"

namespace lidit {
namespace {

/// Whether a row is drawn as a level: floors and ceilings.
bool is_level(const RowResults& row) {
  const auto strategy = get<std::string>(row.records.front().asked, "strategy");
  return is_untrained(strategy) || strategy == kSceneTokens;
}

/// Score by position: means over seeds with their intervals, or without any where one of them has
/// none. Empty where the row was not measured.
Curve position_curve(const RowResults& row, const std::string& measurement) {
  Curve curve{.label = row.label, .x = {}, .y = {}, .low = {}, .high = {}};
  for (int k = 1;; ++k) {
    const auto found = estimate(row, fmt::format("{}.position.{}", measurement, k));
    if (!found) break;
    curve.x.push_back(k);
    curve.y.push_back(found->mean);
    if (!found->interval) continue;
    curve.low.push_back(std::max(0.0, found->interval->low));
    curve.high.push_back(std::min(1.0, found->interval->high));
  }
  if (curve.low.size() < curve.x.size()) curve.low = curve.high = {};
  return curve;
}

LineChart make_chart(const FigureSpec& figure) {
  const bool by_position = figure.kind == FigureKind::position;
  return {.title = figure.title,
          .x_label = by_position ? "position of the object in the prompt" : "training steps",
          .y_label = "share of objects wholly right",
          .curves = {},
          .references = {},
          .y_range = {0, 1},
          .spread = by_position ? Spread::whiskers : Spread::bands};
}

SpecFigure draw(const FigureSpec& figure, const SpecResults& results) {
  LineChart chart = make_chart(figure);
  for (const RowResults& row : results.rows) {
    if (row.records.empty()) continue;
    if (is_level(row)) {
      if (const auto level = estimate(row, figure.measurement))
        chart.references.push_back({row.label, level->mean});
    } else if (figure.kind == FigureKind::learning) {
      if (auto curve = learning_curve(row, figure.measurement))
        chart.curves.push_back(std::move(*curve));
    } else if (Curve curve = position_curve(row, figure.measurement); !curve.x.empty()) {
      chart.curves.push_back(std::move(curve));
    }
  }
  const std::string_view spread = figure.kind == FigureKind::position
                                      ? "Whiskers: the intervals named here; dashed: floors "
                                        "without training and the ceiling of exact "
                                        "tokens, at their mean."
                                      : "Bands: the range of the seeds; dashed: floors without "
                                        "training and the ceiling of exact "
                                        "tokens, at their mean.";
  return {.name = figure.name,
          .svg = to_svg(chart),
          .caption = fmt::format("{}. {}. {}", figure.title, origin(results), spread)};
}

}  // namespace

std::optional<Curve> learning_curve(const RowResults& row, const std::string& name) {
  std::map<double, std::vector<double>> points;
  for (const Record& record : row.records)
    for (const Series& series : record.series)
      if (series.name == name)
        for (std::size_t i = 0; i < series.x.size(); ++i)
          points[series.x[i]].push_back(series.y[i]);
  if (points.empty()) return std::nullopt;
  Curve curve{.label = row.label, .x = {}, .y = {}, .low = {}, .high = {}};
  for (const auto& [x, values] : points) {
    const auto [low, high] = std::ranges::minmax(values);
    curve.x.push_back(x);
    curve.y.push_back(*mean(values));
    curve.low.push_back(low);
    curve.high.push_back(high);
  }
  return curve;
}

std::vector<SpecFigure> draw_figures(const AblationSpec& spec, const SpecResults& results) {
  std::vector<SpecFigure> figures;
  for (const FigureSpec& figure : spec.figures) figures.push_back(draw(figure, results));
  return figures;
}

}  // namespace lidit
