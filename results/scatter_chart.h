// Points on a plane whose axes may be logarithmic, with guides behind them: rooflines, sizes
// against rates, cost against score. The same data give the same bytes.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace lidit {

struct Mark {
  double x, y;
  std::optional<double> low{}, high{};  // of y
  std::string label{};                  // beside the point, where there is room
  bool open = false;                    // a ring: extrapolated, estimated
};

struct MarkSeries {
  std::string label;
  std::vector<Mark> marks;
  bool connected = false;  // a line through the marks, in their order
};

/// A dashed line behind the points.
struct Guide {
  std::string label;         // at its last point
  std::vector<double> x, y;  // of one length; two points or more
};

struct ScatterChart {
  std::string title, x_label, y_label;
  std::vector<MarkSeries> series;
  std::vector<Guide> guides{};
  bool log_x = false, log_y = false;
  std::string note{};  // below the chart
};

/// A complete <svg> element. Throws std::logic_error when lengths do not agree, a number is not
/// finite, or one that is not positive stands on a logarithmic axis. Without marks it says so.
std::string to_svg(const ScatterChart& chart);

/// Ticks of a logarithmic axis within from..to: powers of ten, with 2 and 5 between them where the
/// axis is shorter than three decades. 0 < from < to.
std::vector<double> log_ticks(double from, double to);

/// "0.5", "20", "5k", "2M", "10G": three figures with the prefix of a thousand.
std::string short_number(double value);

}  // namespace lidit
