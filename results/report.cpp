#include "results/report.h"

#include <fmt/format.h>

#include <stdexcept>

#include "results/figures.h"

namespace lidit {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light; }
body { margin: 2.5rem auto; max-width: 62rem; padding: 0 1.25rem; color: #222; background: #fff;
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; padding-bottom: .25rem;
  border-bottom: 1px solid #ddd; }
.subtitle { color: #555; margin: 0 0 1.5rem; }
p { margin: .5rem 0; }
pre { background: #f6f6f6; padding: .7rem .9rem; overflow-x: auto; font-size: .85rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; margin: .6rem 0; }
caption { text-align: left; color: #555; padding: .2rem 0 .5rem; }
th, td { padding: .32rem .8rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid #888; }
tbody tr { border-bottom: 1px solid #eee; }
tbody tr:last-child { border-bottom: 2px solid #888; }
td .interval, .interval { color: #777; font-size: .85em; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
figcaption { color: #555; font-size: .92rem; }
.grid td, .grid th { text-align: center; vertical-align: top; white-space: normal; padding: .4rem; }
.grid td:first-child { text-align: left; max-width: 15rem; font-size: .88rem; }
.grid img { width: 84px; height: 84px; image-rendering: pixelated; display: block; margin: 0 auto;
  border: 3px solid #ccc; }
.grid img.right { border-color: #009e73; }
.grid img.wrong { border-color: #d55e00; }
.grid small { display: block; color: #666; max-width: 96px; margin: .15rem auto 0;
  line-height: 1.25; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
)";

std::string cell(const GridImage& image) {
  if (image.png.empty()) return "<td></td>";
  const std::string_view frame = !image.right   ? ""
                                 : *image.right ? " class=\"right\""
                                                : " class=\"wrong\"";
  const std::string caption =
      image.caption.empty() ? "" : fmt::format("<small>{}</small>", escape_markup(image.caption));
  return fmt::format("<td><img{} alt=\"{}\" src=\"data:image/png;base64,{}\">{}</td>", frame,
                     escape_markup(image.caption), base64(image.png), caption);
}

}  // namespace

Report::Report(std::string title, std::string subtitle)
    : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

void Report::heading(std::string_view text) {
  body_ += fmt::format("<h2>{}</h2>\n", escape_markup(text));
}

void Report::paragraph(std::string_view text) {
  body_ += fmt::format("<p>{}</p>\n", escape_markup(text));
}

void Report::code(std::string_view text) {
  body_ += fmt::format("<pre><code>{}</code></pre>\n", escape_markup(text));
}

void Report::table(const Table& table) {
  body_ += fmt::format("<div class=\"scroll\">\n{}</div>\n", print(table, TableFormat::html));
}

void Report::figure(std::string_view svg, std::string_view caption) {
  body_ += fmt::format("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", svg,
                       escape_markup(caption));
}

void Report::image_grid(std::span<const std::string> columns, std::span<const GridRow> rows) {
  body_ += "<div class=\"scroll\"><table class=\"grid\"><thead><tr><th></th>";
  for (const std::string& column : columns)
    body_ += fmt::format("<th>{}</th>", escape_markup(column));
  body_ += "</tr></thead><tbody>\n";
  for (const GridRow& row : rows) {
    if (row.images.size() != columns.size())
      throw std::logic_error(fmt::format("a grid row has {} images under {} columns",
                                         row.images.size(), columns.size()));
    body_ += fmt::format("<tr><td>{}</td>", escape_markup(row.label));
    for (const GridImage& image : row.images) body_ += cell(image);
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
}

std::string Report::html() const {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n"
      "<p class=\"subtitle\">{2}</p>\n{3}</body>\n</html>\n",
      escape_markup(title_), kStyle, escape_markup(subtitle_), body_);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= count ? letters[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace lidit
