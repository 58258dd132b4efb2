#include "results/scatter_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "results/figures.h"
#include "results/svg_canvas.h"

namespace lidit {
namespace {

constexpr double kPlotLeft = 72, kPlotRight = 560, kPlotTop = 44, kPlotBottom = 360;
constexpr std::string_view kFaint = "#e4e4e4", kGreyInk = "#666", kFrame = "#999";

/// One axis: values, or their logarithms, to pixels.
class PlaneAxis {
 public:
  PlaneAxis(std::vector<double> values, bool logarithmic, double first_pixel, double last_pixel)
      : logarithmic_(logarithmic), first_(first_pixel), last_(last_pixel) {
    for (const double value : values) {
      if (!std::isfinite(value) || (logarithmic && value <= 0))
        throw std::logic_error(fmt::format("a figure cannot show {} on {} axis", value,
                                           logarithmic ? "a logarithmic" : "an"));
    }
    const auto [least, most] = std::ranges::minmax(values);
    const double low = scaled(least), high = scaled(most);
    const double room = std::max(high - low, logarithmic ? 0.2 : 1e-9) * 0.06;
    from_ = low - room;
    to_ = high + room;
  }
  double pixel(double value) const {
    return first_ + (scaled(value) - from_) / (to_ - from_) * (last_ - first_);
  }
  std::vector<double> ticks() const {
    if (logarithmic_) return log_ticks(std::pow(10, from_), std::pow(10, to_));
    std::vector<double> all = round_ticks(from_, to_, 6);
    std::erase_if(all, [&](double tick) { return tick < from_ || tick > to_; });
    return all;
  }

 private:
  double scaled(double value) const { return logarithmic_ ? std::log10(value) : value; }

  bool logarithmic_;
  double first_, last_;
  double from_ = 0, to_ = 1;
};

struct Box {
  double left, top, right, bottom;
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// Puts labels beside their points where nothing is yet; a label without room is left out.
class Labels {
 public:
  void occupy(Point at, double radius) {
    taken_.push_back({at.x - radius, at.y - radius, at.x + radius, at.y + radius});
  }
  void place(SvgCanvas& canvas, Point at, std::string_view text) {
    constexpr int kSize = 10;
    constexpr double kGap = 6, kHeight = 9;
    const double width = text_width(text, kSize);
    const std::array<Point, 4> starts{{{at.x + kGap, at.y + 3},
                                       {at.x - kGap - width, at.y + 3},
                                       {at.x - width / 2, at.y - kGap - 2},
                                       {at.x - width / 2, at.y + kGap + kHeight}}};
    for (const Point& start : starts) {
      const Box box{start.x, start.y - kHeight, start.x + width, start.y + 2};
      const bool inside = box.left >= kPlotLeft && box.right <= kPlotRight + 4 &&
                          box.top >= kPlotTop && box.bottom <= kPlotBottom;
      if (!inside ||
          std::ranges::any_of(taken_, [&](const Box& other) { return box.meets(other); }))
        continue;
      taken_.push_back(box);
      canvas.text(start, text, {.size = kSize, .colour = kGreyInk});
      return;
    }
  }

 private:
  std::vector<Box> taken_;
};

void draw_frame(SvgCanvas& canvas, const ScatterChart& chart, const PlaneAxis& x,
                const PlaneAxis& y) {
  canvas.text({kPlotLeft, 24}, chart.title, {.size = 15, .bold = true});
  for (const double tick : y.ticks()) {
    canvas.line({kPlotLeft, y.pixel(tick)}, {kPlotRight, y.pixel(tick)},
                {.colour = std::string(kFaint)});
    canvas.text({kPlotLeft - 8, y.pixel(tick) + 4}, short_number(tick),
                {.anchor = "end", .colour = kGreyInk});
  }
  for (const double tick : x.ticks()) {
    canvas.line({x.pixel(tick), kPlotTop}, {x.pixel(tick), kPlotBottom + 5},
                {.colour = std::string(kFaint)});
    canvas.text({x.pixel(tick), kPlotBottom + 20}, short_number(tick),
                {.anchor = "middle", .colour = kGreyInk});
  }
  canvas.line({kPlotLeft, kPlotBottom}, {kPlotRight, kPlotBottom}, {.colour = std::string(kFrame)});
  canvas.text({(kPlotLeft + kPlotRight) / 2, kPlotBottom + 42}, chart.x_label,
              {.anchor = "middle"});
  canvas.text({18, (kPlotTop + kPlotBottom) / 2}, chart.y_label,
              {.anchor = "middle", .vertical = true});
  if (!chart.note.empty())
    canvas.text({kPlotLeft, kPlotBottom + 64}, chart.note, {.size = 11, .colour = kGreyInk});
}

void draw_series(SvgCanvas& canvas, const MarkSeries& series, const std::string& colour,
                 const PlaneAxis& x, const PlaneAxis& y) {
  std::vector<Point> points;
  for (const Mark& mark : series.marks) points.push_back({x.pixel(mark.x), y.pixel(mark.y)});
  if (series.connected) canvas.polyline(points, {.colour = colour, .width = 1.5, .opacity = 0.6});
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Mark& mark = series.marks[i];
    if (mark.low && mark.high)
      canvas.line({points[i].x, y.pixel(*mark.low)}, {points[i].x, y.pixel(*mark.high)},
                  {.colour = colour, .width = 1.4});
    canvas.circle(points[i], 4, colour);
    if (mark.open) canvas.circle(points[i], 2.4, "#fff");
  }
}

std::vector<double> values_of(const ScatterChart& chart, double Mark::*place,
                              std::vector<double> Guide::*guide) {
  std::vector<double> values;
  for (const MarkSeries& series : chart.series)
    for (const Mark& mark : series.marks) values.push_back(mark.*place);
  for (const Guide& line : chart.guides) {
    if (line.x.size() != line.y.size() || line.x.size() < 2)
      throw std::logic_error("guide '" + line.label + "' needs as many y as x, and two of them");
    values.insert(values.end(), (line.*guide).begin(), (line.*guide).end());
  }
  return values;
}

double legend_width(const ScatterChart& chart) {
  double width = 0;
  for (const MarkSeries& series : chart.series)
    width = std::max(width, text_width(series.label, 12));
  return width;
}

}  // namespace

std::vector<double> log_ticks(double from, double to) {
  if (!(from > 0 && from < to && std::isfinite(to)))
    throw std::logic_error(fmt::format("no logarithmic ticks from {} to {}", from, to));
  const bool fine = std::log10(to / from) < 3;
  std::vector<double> ticks;
  for (int power = static_cast<int>(std::floor(std::log10(from)));; ++power) {
    const double base = std::pow(10, power);
    if (base > to) return ticks;
    for (const double step : {1.0, 2.0, 5.0})
      if ((fine || step == 1) && step * base >= from && step * base <= to)
        ticks.push_back(step * base);
  }
}

std::string short_number(double value) {
  constexpr std::array<std::pair<double, const char*>, 5> kPrefixes{
      {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}};
  for (const auto& [unit, prefix] : kPrefixes)
    if (std::abs(value) >= unit * (1 - 1e-9)) return fmt::format("{:.3g}{}", value / unit, prefix);
  return fmt::format("{:.3g}", value);
}

std::string to_svg(const ScatterChart& chart) {
  const bool empty =
      std::ranges::all_of(chart.series, [](const MarkSeries& s) { return s.marks.empty(); });
  if (empty) {
    SvgCanvas canvas(640, 80);
    canvas.text({16, 28}, chart.title, {.size = 15, .bold = true});
    canvas.text({16, 54}, "no data yet", {.colour = kGreyInk});
    return canvas.finish();
  }
  std::vector<double> ys = values_of(chart, &Mark::y, &Guide::y);
  for (const MarkSeries& series : chart.series)
    for (const Mark& mark : series.marks)
      for (const auto& end : {mark.low, mark.high})
        if (end) ys.push_back(*end);
  const PlaneAxis x(values_of(chart, &Mark::x, &Guide::x), chart.log_x, kPlotLeft, kPlotRight);
  const PlaneAxis y(ys, chart.log_y, kPlotBottom, kPlotTop);
  SvgCanvas canvas(kPlotRight + 44 + legend_width(chart) + 16, chart.note.empty() ? 416 : 440);
  draw_frame(canvas, chart, x, y);
  Labels labels;
  for (const Guide& guide : chart.guides) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < guide.x.size(); ++i)
      points.push_back({x.pixel(guide.x[i]), y.pixel(guide.y[i])});
    canvas.polyline(points, {.colour = std::string(kGreyInk), .width = 1.2, .dashes = "5 4"});
    canvas.text({points.back().x, points.back().y - 6}, guide.label,
                {.size = 11, .anchor = "end", .colour = kGreyInk});
    const double width = text_width(guide.label, 11);
    for (double at = 0; at <= width; at += 8)
      labels.occupy({points.back().x - at, points.back().y - 10}, 7);
  }
  for (const MarkSeries& series : chart.series)
    for (const Mark& mark : series.marks) labels.occupy({x.pixel(mark.x), y.pixel(mark.y)}, 4);
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    draw_series(canvas, chart.series[i], palette_colour(i), x, y);
    const double row = kPlotTop + 10 + 20 * static_cast<double>(i);
    canvas.circle({kPlotRight + 31, row - 4}, 5, palette_colour(i));
    canvas.text({kPlotRight + 42, row}, chart.series[i].label);
  }
  for (const MarkSeries& series : chart.series)
    for (const Mark& mark : series.marks)
      if (!mark.label.empty()) labels.place(canvas, {x.pixel(mark.x), y.pixel(mark.y)}, mark.label);
  return canvas.finish();
}

}  // namespace lidit
