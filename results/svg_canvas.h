// The few shapes that figures are made of, written as SVG text.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

struct Point {
  double x, y;
};

struct TextStyle {
  int size = 12;
  std::string_view anchor = "start";  // start, middle, end
  std::string_view colour = "#222";
  bool bold = false;
  bool vertical = false;  // turned a quarter to the left
};

struct Stroke {
  std::string colour = "#222";
  double width = 1;
  std::string_view dashes = "";
  double opacity = 1;
};

class SvgCanvas {
 public:
  SvgCanvas(double width, double height);
  void line(Point from, Point to, const Stroke& stroke);
  void rectangle(Point corner, double width, double height, std::string_view fill, double opacity);
  void circle(Point centre, double radius, std::string_view fill);
  void polyline(const std::vector<Point>& points, const Stroke& stroke);
  void polygon(const std::vector<Point>& points, std::string_view fill, double opacity);
  void text(Point at, std::string_view content, const TextStyle& style = {});
  std::string finish() const;

 private:
  double width_, height_;
  std::string body_;
};

/// About how wide `text` is at this size in a sans-serif font, in pixels.
double text_width(std::string_view text, int size);

}  // namespace lidit
