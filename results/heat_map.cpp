#include "results/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "results/figures.h"
#include "results/svg_canvas.h"

namespace lidit {
namespace {

constexpr double kSquare = 44, kPanelGap = 46, kPanelTop = 44, kMargin = 62;
constexpr std::string_view kLabelColour = "#666";

/// The corner of a panel's squares and the largest value, which is darkest.
struct PanelPlace {
  Point corner;
  double largest;
};

double largest_value(const HeatMap& map) {
  double largest = 0;
  for (const auto& row : map.panels)
    for (const HeatMapPanel& panel : row)
      for (const auto& values : panel.values) {
        if (values.size() != panel.values.front().size())
          throw std::logic_error("the heat map '" + panel.title + "' has rows of unequal length");
        for (const auto& value : values) {
          if (value && !std::isfinite(*value))
            throw std::logic_error("the heat map '" + panel.title + "' has a value that is none");
          if (value) largest = std::max(largest, std::abs(*value));
        }
      }
  return largest;
}

double panel_width(const HeatMapPanel& panel) {
  const double columns =
      panel.values.empty() ? 0 : static_cast<double>(panel.values.front().size());
  return std::max(kSquare * columns, text_width(panel.title, 12));
}

/// Without the sign of a zero.
std::string value_text(double value, int digits) {
  const std::string text = fmt::format("{:.{}f}", value, digits);
  return text.find_first_not_of("-0.") == std::string::npos ? "0" : text;
}

void draw_square(SvgCanvas& canvas, Point corner, double value, const HeatMap& map,
                 double largest) {
  const double depth = largest > 0 ? std::abs(value) / largest : 0;
  canvas.rectangle(corner, kSquare - 2, kSquare - 2, "#f2f2f2", 1);
  canvas.rectangle(corner, kSquare - 2, kSquare - 2, palette_colour(value < 0 ? 3 : 0), depth);
  canvas.text({corner.x + kSquare / 2 - 1, corner.y + kSquare / 2 + 3},
              value_text(value, map.digits),
              {.anchor = "middle", .colour = depth > 0.55 ? "#fff" : "#222"});
}

void draw_panel(SvgCanvas& canvas, const HeatMapPanel& panel, const HeatMap& map,
                const PanelPlace& place) {
  const Point corner = place.corner;
  canvas.text({corner.x, corner.y - 24}, panel.title, {.bold = true});
  for (std::size_t row = 0; row < panel.values.size(); ++row) {
    const double y = corner.y + kSquare * static_cast<double>(row);
    canvas.text({corner.x - 8, y + kSquare / 2 + 3}, std::to_string(row + 1),
                {.anchor = "end", .colour = kLabelColour});
    for (std::size_t column = 0; column < panel.values[row].size(); ++column) {
      const double x = corner.x + kSquare * static_cast<double>(column);
      if (row == 0)
        canvas.text({x + kSquare / 2 - 1, corner.y - 6}, std::to_string(column + 1),
                    {.anchor = "middle", .colour = kLabelColour});
      if (const auto& value = panel.values[row][column])
        draw_square(canvas, {x, y}, *value, map, place.largest);
    }
  }
}

/// Where each panel of a row begins, the same in every row, and behind the last one where it ends.
std::vector<double> panel_starts(const HeatMap& map) {
  std::vector<double> widths;
  for (const auto& row : map.panels)
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], panel_width(row[i]) + kPanelGap);
    }
  std::vector<double> starts = {kMargin};
  for (const double width : widths) starts.push_back(starts.back() + width);
  return starts;
}

}  // namespace

std::string to_svg(const HeatMap& map) {
  const double largest = largest_value(map);
  const std::vector<double> starts = panel_starts(map);
  double height = 58;
  for (const auto& row : map.panels) {
    double squares = 0;
    for (const HeatMapPanel& panel : row)
      squares = std::max(squares, static_cast<double>(panel.values.size()));
    height += kPanelTop + kSquare * squares + 14;
  }
  const double width = std::max(text_width(map.title, 15) + 32, starts.back());
  SvgCanvas canvas(width, height + 14);
  canvas.text({16, 24}, map.title, {.size = 15, .bold = true});
  if (map.panels.empty()) canvas.text({16, 50}, "no data yet", {.colour = kLabelColour});
  double y = 40;
  for (const auto& row : map.panels) {
    double squares = 0;
    y += kPanelTop;
    for (std::size_t i = 0; i < row.size(); ++i) {
      draw_panel(canvas, row[i], map, {{starts[i], y}, largest});
      squares = std::max(squares, static_cast<double>(row[i].values.size()));
    }
    canvas.text({24, y + kSquare * squares / 2}, map.row_name,
                {.anchor = "middle", .colour = kLabelColour, .vertical = true});
    y += kSquare * squares + 14;
  }
  if (!map.panels.empty())
    canvas.text({kMargin, y + 12}, map.column_name, {.colour = kLabelColour});
  return canvas.finish();
}

}  // namespace lidit
