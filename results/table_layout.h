// A table as strings, before any format's escapes: scaled, rounded, with numbered reasons.
#pragma once
#include <string>
#include <vector>

#include "results/table.h"

namespace lidit {

struct LayoutCell {
  std::string text{};      // UTF-8; a plus-minus sign where there is an interval
  std::string footnote{};  // number of the reason why there is no value
  bool bold = false;
};

struct TableLayout {
  std::vector<std::string> header;  // "step (ms)"
  std::vector<LayoutCell> cells;    // rows * columns
  std::vector<bool> numeric;        // columns to align right
  std::vector<std::string> notes;   // notes of the table, then "[1] reason"
};

/// std::logic_error as for print.
TableLayout lay_out(const Table& table);

// One printer per format; `print` chooses.
std::string print_terminal(const Table& table);
std::string print_markdown(const Table& table);
std::string print_latex(const Table& table);
std::string print_csv(const Table& table);
std::string print_html(const Table& table);

}  // namespace lidit
