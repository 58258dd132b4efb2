#include "results/svg_canvas.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "results/figures.h"

namespace lidit {
namespace {

/// Two decimals without trailing zeros; -0 is 0.
std::string number(double value) {
  if (!std::isfinite(value)) throw std::logic_error("a figure has a coordinate that is no number");
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string path(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points)
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", number(point.x), number(point.y));
  return text;
}

std::string attributes(const Stroke& stroke) {
  std::string text =
      fmt::format(R"(stroke="{}" stroke-width="{}")", stroke.colour, number(stroke.width));
  if (!stroke.dashes.empty()) text += fmt::format(R"( stroke-dasharray="{}")", stroke.dashes);
  if (stroke.opacity < 1) text += fmt::format(R"( stroke-opacity="{}")", number(stroke.opacity));
  return text;
}

}  // namespace

SvgCanvas::SvgCanvas(double width, double height) : width_(width), height_(height) {}

void SvgCanvas::line(Point from, Point to, const Stroke& stroke) {
  body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", number(from.x),
                       number(from.y), number(to.x), number(to.y), attributes(stroke));
}

void SvgCanvas::rectangle(Point corner, double width, double height, std::string_view fill,
                          double opacity) {
  body_ += fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\" fill-opacity=\"{}\"/>\n",
      number(corner.x), number(corner.y), number(width), number(height), fill, number(opacity));
}

void SvgCanvas::circle(Point centre, double radius, std::string_view fill) {
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"/>\n", number(centre.x),
                       number(centre.y), number(radius), fill);
}

void SvgCanvas::polyline(const std::vector<Point>& points, const Stroke& stroke) {
  body_ += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke-linejoin=\"round\" {}/>\n",
                       path(points), attributes(stroke));
}

void SvgCanvas::polygon(const std::vector<Point>& points, std::string_view fill, double opacity) {
  body_ += fmt::format("<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"{}\"/>\n", path(points),
                       fill, number(opacity));
}

void SvgCanvas::text(Point at, std::string_view content, const TextStyle& style) {
  const std::string turn =
      style.vertical ? fmt::format(" transform=\"rotate(-90 {} {})\"", number(at.x), number(at.y))
                     : "";
  body_ += fmt::format(
      "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\" fill=\"{}\"{}{}>{}</text>\n",
      number(at.x), number(at.y), style.size, style.anchor, style.colour,
      style.bold ? " font-weight=\"600\"" : "", turn, escape_markup(content));
}

std::string SvgCanvas::finish() const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n{2}</svg>\n",
      number(width_), number(height_), body_);
}

double text_width(std::string_view text, int size) {
  double units = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;  // not the first byte of UTF-8
    if (std::string_view(".,:;il|!'() ").find(c) != std::string_view::npos)
      units += 0.34;
    else if (std::string_view("mwMW%@").find(c) != std::string_view::npos)
      units += 0.9;
    else
      units += 0.58;
  }
  return units * size;
}

}  // namespace lidit
