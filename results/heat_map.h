// Matrices as coloured squares with their values, several beside and below each other.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace lidit {

struct HeatMapPanel {
  std::string title;
  std::vector<std::vector<std::optional<double>>> values;  // by row; all rows equally long
};

struct HeatMap {
  std::string title;
  std::string row_name, column_name;              // "noun of slot", "adjective of slot"
  std::vector<std::vector<HeatMapPanel>> panels;  // by row of panels
  int digits = 2;                                 // of the values behind the point
};

/// A complete <svg> element. Rows and columns are numbered from 1. Values above 0 are blue, below
/// 0 orange, the palest is 0 and the darkest the largest of all panels. Throws std::logic_error on
/// rows of different lengths and on a value that is not finite; without panels it says so.
std::string to_svg(const HeatMap& map);

}  // namespace lidit
