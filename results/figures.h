// Figures as SVG: line charts with bands, and horizontal bars with intervals. The same data give
// the same bytes. Colours are those of Okabe and Ito, which people with any colour vision can tell
// apart.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace lidit {

/// A level that is drawn across a chart: a floor, a ceiling.
struct ReferenceLine {
  std::string label;
  double value;
};

/// The ends of a value axis; unset ends are chosen from the data at round numbers.
struct AxisRange {
  std::optional<double> from, to;
};

struct Curve {
  std::string label;
  std::vector<double> x, y;       // of one length, finite; x ascending
  std::vector<double> low, high;  // the interval around y; empty: none
};

/// How intervals are drawn. Whiskers suit few x, which many curves share: the curves stand a few
/// pixels beside each other, and x is marked at its own values alone.
enum class Spread { bands, whiskers };

struct LineChart {
  std::string title, x_label, y_label;
  std::vector<Curve> curves;
  std::vector<ReferenceLine> references{};  // of y
  AxisRange y_range{};
  Spread spread = Spread::bands;
};

/// One bar: a value with its interval, or nothing where it is missing.
struct Bar {
  std::optional<double> value;
  std::optional<double> low, high;
};

struct BarGroup {
  std::string label;
  std::vector<Bar> bars;  // one per series
};

struct BarChart {
  std::string title, value_label;
  std::vector<std::string> series;
  std::vector<BarGroup> groups;
  std::vector<ReferenceLine> references{};  // of the values
  AxisRange range{};
};

/// A complete <svg> element. Throws std::logic_error when lengths do not agree or a number is not
/// finite. A chart without data says so.
std::string to_svg(const LineChart& chart);
std::string to_svg(const BarChart& chart);

/// The i-th colour of the palette, "#0072b2"; begins anew after the last.
std::string palette_colour(std::size_t i);

/// `text` with &, <, >, " and ' escaped, for SVG and HTML.
std::string escape_markup(std::string_view text);

/// At most about `count` round numbers (1, 2, 5 times a power of ten) that span from..to.
std::vector<double> round_ticks(double from, double to, int count);

}  // namespace lidit
