// A table as data: values with their units and intervals; printers choose how they look.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"
#include "results/statistics/interval.h"

namespace lidit {

struct Column {
  std::string title;
  /// The base unit of the values: "s", "B", "1/s", "FLOP", "FLOP/s", "fraction", "count", "" (a
  /// plain number). Printers scale a whole column: s to ms, B to GiB, fraction to %.
  std::string unit{};
  std::optional<int> digits{};             // behind the point, after scaling; else by the values
  std::optional<bool> higher_is_better{};  // none: neither, nothing is marked
  /// For columns whose values span magnitudes: significant figures of each value, instead of one
  /// number of digits for all; and the unit that all are shown in ("ms"), instead of the largest
  /// value's.
  std::optional<int> figures{};
  std::string shown_as{};
};

/// One cell: a value, or a text, or the reason why there is neither.
struct Cell {
  std::optional<double> value{};
  std::optional<Interval> interval{};
  std::string text{};
  std::string missing{};
  bool bold = false;
  /// The interval is a range of what was seen, no error bar: shown as [low, high], never as +-.
  bool is_range = false;

  static Cell number(double value) { return {.value = value}; }
  static Cell number(double value, std::optional<Interval> interval) {
    return {.value = value, .interval = interval};
  }
  static Cell range(double value, Interval between) {
    return {.value = value, .interval = between, .is_range = true};
  }
  static Cell words(std::string text) { return {.text = std::move(text)}; }
  static Cell none(std::string reason) { return {.missing = std::move(reason)}; }
};

struct Table {
  std::string title{}, caption{};
  std::vector<Column> columns{};
  std::vector<std::vector<Cell>> rows{};  // as many cells as columns
  std::vector<std::size_t> rules{};       // rows above which a line is drawn
  std::vector<std::string> notes{};
};

enum class TableFormat {
  terminal,
  markdown,
  latex,
  csv,
  html
};  // in the order of table_format's names
/// "text", "md", "latex", "csv" or "html"; UserError for any other name.
TableFormat table_format(std::string_view name);

/// The table in one of the formats, with a line feed at its end. The same table gives the same
/// bytes. CSV has the raw values in base units, with columns for the ends of intervals.
/// std::logic_error when a row has not as many cells as there are columns, a value is not finite,
/// or a unit cannot be shown as another.
std::string print(const Table& table, TableFormat format);

/// Makes the best value of every column that has a better side bold, and those equal to it.
void mark_best(Table& table);

}  // namespace lidit
