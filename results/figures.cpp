#include "results/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

#include "results/svg_canvas.h"

namespace lidit {
namespace {

constexpr std::array<std::string_view, 8> kPalette = {"#0072b2", "#e69f00", "#009e73", "#d55e00",
                                                      "#cc79a7", "#56b4e9", "#7f7f7f", "#b0a000"};
constexpr std::string_view kGrid = "#e4e4e4", kInk = "#222", kQuiet = "#666";

/// A value axis: the data's range widened to round ticks, and the way to pixels.
struct Axis {
  double from, to;
  double first_pixel, last_pixel;
  std::vector<double> ticks;

  double pixel(double value) const {
    return first_pixel + (value - from) / (to - from) * (last_pixel - first_pixel);
  }
};

struct Extent {
  double low = INFINITY, high = -INFINITY;
  void include(double value) {
    if (!std::isfinite(value))
      throw std::logic_error("a figure was given a value that is no number");
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void include(const std::optional<double>& value) {
    if (value) include(*value);
  }
  bool empty() const { return low > high; }
};

Axis make_axis(const Extent& data, const AxisRange& range, double first_pixel, double last_pixel) {
  double from = range.from.value_or(data.low), to = range.to.value_or(data.high);
  if (!(from < to)) from -= 0.5, to += 0.5;
  std::vector<double> ticks = round_ticks(from, to, 6);
  const double step = ticks[1] - ticks[0];
  if (!range.from) from = std::min(from, ticks.front());
  if (!range.to) to = std::max(to, ticks.back());
  if (!range.from && from < ticks.front()) ticks.insert(ticks.begin(), ticks.front() - step);
  if (!range.from) from = ticks.front();
  if (!range.to && to > ticks.back()) to = ticks.back() + step, ticks.push_back(to);
  std::erase_if(ticks, [&](double t) { return t < from - step * 1e-9 || t > to + step * 1e-9; });
  return {from, to, first_pixel, last_pixel, ticks};
}

std::string tick_label(double value, double step) {
  const int digits = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
  const std::string text = fmt::format("{:.{}f}", value, digits);
  return text.find_first_not_of("-0.") == std::string::npos ? "0" : text;
}

double step_of(const Axis& axis) {
  return axis.ticks.size() > 1 ? axis.ticks[1] - axis.ticks[0] : 1;
}

std::string empty_chart(const std::string& title) {
  SvgCanvas canvas(640, 80);
  canvas.text({16, 28}, title, {.size = 15, .bold = true});
  canvas.text({16, 54}, "no data yet", {.colour = kQuiet});
  return canvas.finish();
}

void check(const Curve& curve) {
  const std::size_t n = curve.x.size();
  const bool band = !curve.low.empty() || !curve.high.empty();
  if (curve.y.size() != n || (band && (curve.low.size() != n || curve.high.size() != n)))
    throw std::logic_error("curve '" + curve.label + "' has columns of different lengths");
}

void draw_legend(SvgCanvas& canvas, Point at, const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double y = at.y + 20 * static_cast<double>(i);
    canvas.rectangle({at.x, y - 9}, 14, 10, palette_colour(i), 1);
    canvas.text({at.x + 20, y}, labels[i]);
  }
}

double widest(const std::vector<std::string>& labels) {
  double width = 0;
  for (const std::string& label : labels) width = std::max(width, text_width(label, 12));
  return width;
}

std::vector<Point> to_pixels(const Axis& x, const Axis& y, const std::vector<double>& xs,
                             const std::vector<double>& ys) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < xs.size(); ++i) points.push_back({x.pixel(xs[i]), y.pixel(ys[i])});
  return points;
}

constexpr double kDodge = 5;  // between neighbouring curves with whiskers, in pixels

/// The axis of curve `i` of `count`, as far aside as whiskers need.
Axis dodged(Axis x, std::size_t i, std::size_t count) {
  const double aside = kDodge * (static_cast<double>(i) - static_cast<double>(count - 1) / 2);
  x.first_pixel += aside;
  x.last_pixel += aside;
  return x;
}

/// A round axis for bands; for whiskers the values of x themselves, with room at both ends.
Axis make_x_axis(const LineChart& chart, const Extent& data, double first_pixel,
                 double last_pixel) {
  if (chart.spread == Spread::bands) return make_axis(data, {}, first_pixel, last_pixel);
  std::set<double> values;
  for (const Curve& curve : chart.curves) values.insert(curve.x.begin(), curve.x.end());
  const double room = data.low < data.high ? 0.15 * (data.high - data.low) : 0.5;
  return {data.low - room, data.high + room, first_pixel, last_pixel,
          std::vector<double>(values.begin(), values.end())};
}

void draw_whiskers(SvgCanvas& canvas, const Curve& curve, const std::string& colour, const Axis& x,
                   const Axis& y) {
  const Stroke stroke{.colour = colour, .width = 1.4};
  for (std::size_t i = 0; i < curve.low.size(); ++i) {
    const double at = x.pixel(curve.x[i]);
    const double low = y.pixel(curve.low[i]), high = y.pixel(curve.high[i]);
    canvas.line({at, low}, {at, high}, stroke);
    for (const double end : {low, high}) canvas.line({at - 3, end}, {at + 3, end}, stroke);
  }
}

void draw_curve(SvgCanvas& canvas, const Curve& curve, const std::string& colour, const Axis& x,
                const Axis& y, Spread spread) {
  if (spread == Spread::whiskers) {
    draw_whiskers(canvas, curve, colour, x, y);
  } else if (!curve.low.empty()) {
    std::vector<Point> band = to_pixels(x, y, curve.x, curve.low);
    const std::vector<Point> upper = to_pixels(x, y, curve.x, curve.high);
    band.insert(band.end(), upper.rbegin(), upper.rend());
    canvas.polygon(band, colour, 0.16);
  }
  const std::vector<Point> points = to_pixels(x, y, curve.x, curve.y);
  canvas.polyline(points, {.colour = colour, .width = 2});
  if (points.size() <= 30)
    for (const Point& point : points) canvas.circle(point, 3, colour);
}

constexpr double kThickness = 14;  // of a bar, in pixels

/// The bar whose upper edge is `top`, with its whiskers.
void draw_bar(SvgCanvas& canvas, const Bar& bar, const Axis& axis, double top,
              const std::string& colour) {
  const double zero = axis.pixel(std::clamp(0.0, axis.from, axis.to)),
               middle = top + kThickness / 2;
  if (!bar.value) {
    canvas.text({zero + 4, top + 11}, "missing", {.size = 11, .colour = kQuiet});
    return;
  }
  const double end = axis.pixel(*bar.value);
  canvas.rectangle({std::min(zero, end), top + 1}, std::abs(end - zero), kThickness - 2, colour,
                   0.9);
  if (!bar.low || !bar.high) return;
  const Stroke whisker{.colour = std::string(kInk), .width = 1.4};
  const double low = axis.pixel(*bar.low), high = axis.pixel(*bar.high);
  canvas.line({low, middle}, {high, middle}, whisker);
  for (const double at : {low, high}) canvas.line({at, middle - 4}, {at, middle + 4}, whisker);
}

/// What all bars of a chart span, zero included. Throws when a group lacks a bar.
Extent extent_of(const BarChart& chart) {
  Extent data;
  data.include(0.0);
  for (const BarGroup& group : chart.groups) {
    if (group.bars.size() != chart.series.size())
      throw std::logic_error("bar group '" + group.label + "' does not have one bar per series");
    for (const Bar& bar : group.bars)
      for (const auto& value : {bar.value, bar.low, bar.high}) data.include(value);
  }
  for (const ReferenceLine& reference : chart.references) data.include(reference.value);
  return data;
}

/// Lines of one height as one line, which has the labels of all.
std::vector<ReferenceLine> with_shared_labels(const std::vector<ReferenceLine>& references) {
  std::vector<ReferenceLine> lines;
  for (const ReferenceLine& reference : references) {
    const auto same = std::ranges::find(lines, reference.value, &ReferenceLine::value);
    if (same == lines.end())
      lines.push_back(reference);
    else
      same->label += ", " + reference.label;
  }
  return lines;
}

}  // namespace

std::string palette_colour(std::size_t i) { return std::string(kPalette[i % kPalette.size()]); }

std::string escape_markup(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::vector<double> round_ticks(double from, double to, int count) {
  if (!(from < to) || count < 2 || !std::isfinite(from) || !std::isfinite(to))
    throw std::logic_error(fmt::format("no ticks from {} to {} in {} steps", from, to, count));
  const double rough = (to - from) / (count - 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * power >= rough * (1 - 1e-9)) step = factor * power;
  std::vector<double> ticks;
  const double first = std::ceil(from / step - 1e-9), last = std::floor(to / step + 1e-9);
  for (double k = first; k <= last; ++k) ticks.push_back(k * step);
  while (ticks.size() < 2) ticks.push_back(ticks.empty() ? first * step : ticks.back() + step);
  return ticks;
}

std::string to_svg(const LineChart& chart) {
  Extent x_data, y_data;
  std::vector<std::string> labels;
  for (const Curve& curve : chart.curves) {
    check(curve);
    labels.push_back(curve.label);
    for (const double value : curve.x) x_data.include(value);
    for (const auto* values : {&curve.y, &curve.low, &curve.high})
      for (const double value : *values) y_data.include(value);
  }
  if (x_data.empty()) return empty_chart(chart.title);
  for (const ReferenceLine& reference : chart.references) y_data.include(reference.value);

  const double left = 66, right = 500, top = 44, bottom = 330;
  SvgCanvas canvas(right + 40 + widest(labels) + 20, 384);
  const Axis x = make_x_axis(chart, x_data, left, right);
  const Axis y = make_axis(y_data, chart.y_range, bottom, top);
  canvas.text({left, 24}, chart.title, {.size = 15, .bold = true});
  for (const double tick : y.ticks) {
    canvas.line({left, y.pixel(tick)}, {right, y.pixel(tick)}, {.colour = std::string(kGrid)});
    canvas.text({left - 8, y.pixel(tick) + 4}, tick_label(tick, step_of(y)),
                {.anchor = "end", .colour = kQuiet});
  }
  for (const double tick : x.ticks) {
    canvas.line({x.pixel(tick), bottom}, {x.pixel(tick), bottom + 5}, {.colour = "#999"});
    canvas.text({x.pixel(tick), bottom + 20}, tick_label(tick, step_of(x)),
                {.anchor = "middle", .colour = kQuiet});
  }
  canvas.line({left, bottom}, {right, bottom}, {.colour = "#999"});
  canvas.text({(left + right) / 2, bottom + 42}, chart.x_label, {.anchor = "middle"});
  canvas.text({18, (top + bottom) / 2}, chart.y_label, {.anchor = "middle", .vertical = true});
  for (const ReferenceLine& reference : with_shared_labels(chart.references)) {
    const double at = y.pixel(reference.value);
    canvas.line({left, at}, {right, at}, {.colour = std::string(kQuiet), .dashes = "5 4"});
    canvas.text({right - 4, at - 5}, reference.label,
                {.size = 11, .anchor = "end", .colour = kQuiet});
  }
  const std::size_t count = chart.curves.size();
  for (std::size_t i = 0; i < count; ++i)
    draw_curve(canvas, chart.curves[i], palette_colour(i),
               chart.spread == Spread::whiskers ? dodged(x, i, count) : x, y, chart.spread);
  draw_legend(canvas, {right + 20, top + 10}, labels);
  return canvas.finish();
}

std::string to_svg(const BarChart& chart) {
  if (chart.groups.empty() || chart.series.empty()) return empty_chart(chart.title);
  const Extent data = extent_of(chart);
  std::vector<std::string> labels;
  for (const BarGroup& group : chart.groups) labels.push_back(group.label);

  const double gap = 16;
  const double group_height = kThickness * static_cast<double>(chart.series.size()) + gap;
  const double left = widest(labels) + 28, right = left + 440, top = 62;
  const double bottom = top + group_height * static_cast<double>(chart.groups.size());
  SvgCanvas canvas(right + 40 + (chart.series.size() > 1 ? widest(chart.series) + 20 : 0),
                   bottom + 56);
  const Axis axis = make_axis(data, chart.range, left, right);
  canvas.text({16, 24}, chart.title, {.size = 15, .bold = true});
  for (const double tick : axis.ticks) {
    canvas.line({axis.pixel(tick), top}, {axis.pixel(tick), bottom},
                {.colour = std::string(kGrid)});
    canvas.text({axis.pixel(tick), bottom + 18}, tick_label(tick, step_of(axis)),
                {.anchor = "middle", .colour = kQuiet});
  }
  canvas.text({(left + right) / 2, bottom + 40}, chart.value_label, {.anchor = "middle"});
  double y = top + gap / 2;
  for (const BarGroup& group : chart.groups) {
    canvas.text({left - 10, y + (group_height - gap) / 2 + 4}, group.label, {.anchor = "end"});
    for (std::size_t i = 0; i < group.bars.size(); ++i, y += kThickness)
      draw_bar(canvas, group.bars[i], axis, y, palette_colour(i));
    y += gap;
  }
  for (const ReferenceLine& reference : chart.references) {
    const double at = axis.pixel(reference.value);
    canvas.line({at, top - 6}, {at, bottom}, {.colour = std::string(kInk), .dashes = "5 4"});
    canvas.text({at, top - 10}, reference.label, {.size = 11, .anchor = "middle"});
  }
  canvas.line({axis.pixel(0), top}, {axis.pixel(0), bottom}, {.colour = "#999"});
  if (chart.series.size() > 1) draw_legend(canvas, {right + 24, top + 14}, chart.series);
  return canvas.finish();
}

}  // namespace lidit
