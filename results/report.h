// One self-contained HTML page: text, tables, figures and grids of images, nothing fetched.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/table.h"

namespace lidit {

/// A picture of a grid with a line below it; `right` draws a green or red frame, none if unset.
struct GridImage {
  std::string png;  // the bytes of a PNG file; empty: an empty place
  std::string caption{};
  std::optional<bool> right{};
};

struct GridRow {
  std::string label;  // the prompt
  std::vector<GridImage> images;
};

class Report {
 public:
  Report(std::string title, std::string subtitle);

  void heading(std::string_view text);
  void paragraph(std::string_view text);
  /// One <code> block, line breaks kept.
  void code(std::string_view text);
  void table(const Table& table);
  /// `svg` as results/figures.h makes it.
  void figure(std::string_view svg, std::string_view caption);
  /// Columns are named above; every row has as many images as there are columns.
  /// std::logic_error otherwise.
  void image_grid(std::span<const std::string> columns, std::span<const GridRow> rows);

  /// The page. The same calls give the same bytes.
  std::string html() const;

 private:
  std::string title_, subtitle_, body_;
};

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace lidit
