#include "results/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "results/names.h"
#include "results/table_layout.h"

namespace lidit {
namespace {

constexpr const char* kPlusMinus = "\xC2\xB1";

struct Scale {
  double factor;
  std::string_view unit;
};

/// From the largest to the smallest; the first whose unit the largest value of the column reaches.
constexpr Scale kSeconds[] = {{1, "s"}, {1e3, "ms"}, {1e6, "us"}};
constexpr Scale kBytes[] = {{0x1p-30, "GiB"}, {0x1p-20, "MiB"}, {0x1p-10, "KiB"}, {1, "B"}};
constexpr Scale kFlops[] = {{1e-12, "TFLOP"}, {1e-9, "GFLOP"}, {1e-6, "MFLOP"}, {1, "FLOP"}};
constexpr Scale kFlopRate[] = {
    {1e-12, "TFLOP/s"}, {1e-9, "GFLOP/s"}, {1e-6, "MFLOP/s"}, {1, "FLOP/s"}};
constexpr Scale kCounts[] = {{1e-9, "billion"}, {1e-6, "million"}, {1, ""}};

Scale first_reached(std::span<const Scale> scales, double largest) {
  for (const Scale& scale : scales)
    if (largest * scale.factor >= 1) return scale;
  return scales.back();
}

constexpr Scale kPercent[] = {{100, "%"}};

/// The ways in which a unit can be shown; none: as it is.
std::span<const Scale> scales_of(std::string_view unit) {
  if (unit == "fraction") return kPercent;
  if (unit == "s") return kSeconds;
  if (unit == "B") return kBytes;
  if (unit == "FLOP") return kFlops;
  if (unit == "FLOP/s") return kFlopRate;
  if (unit == "count") return kCounts;
  return {};
}

Scale scale_of(const Column& column, double largest) {
  const std::span<const Scale> scales = scales_of(column.unit);
  if (!column.shown_as.empty()) {
    const auto found = std::ranges::find(scales, column.shown_as, &Scale::unit);
    if (found == scales.end())
      throw std::logic_error(
          fmt::format("'{}' cannot be shown as '{}'", column.unit, column.shown_as));
    return *found;
  }
  return scales.empty() ? Scale{1, column.unit} : first_reached(scales, largest);
}

/// How a whole column is shown.
struct Look {
  Scale scale;
  int digits;
  std::optional<int> figures{};  // of each value instead

  /// Behind the point of a value that is shown as `number`.
  int digits_of(double number) const {
    if (!figures || number == 0) return digits;
    const auto before = static_cast<int>(std::floor(std::log10(std::abs(number)))) + 1;
    return std::max(0, *figures - before);
  }
};

Look look_of(const Table& table, std::size_t column) {
  const Column& about = table.columns[column];
  double largest = 0;
  bool whole = true;
  for (const auto& row : table.rows) {
    if (!row[column].value) continue;
    largest = std::max(largest, std::abs(*row[column].value));
    whole = whole && *row[column].value == std::floor(*row[column].value) && !row[column].interval;
  }
  const Scale scale = scale_of(about, largest);
  if (about.figures) return {scale, 0, about.figures};
  if (about.digits) return {scale, *about.digits};
  if (whole && scale.factor == 1) return {scale, 0};
  if (about.unit == "fraction") return {scale, 1};
  const double shown = largest * scale.factor;  // three figures of the largest value
  return {scale, shown >= 100 ? 0 : shown >= 10 ? 1 : 2};
}

/// Rounded text; never "-0.00".
std::string rounded(double number, int digits) {
  std::string text = fmt::format("{:.{}f}", number, digits);
  if (text.front() == '-' && text.find_first_not_of("-0.") == text.npos) text.erase(0, 1);
  return text;
}

std::string show(const Cell& cell, const Look& look) {
  const double factor = look.scale.factor, value = *cell.value;
  const int digits = look.digits_of(value * factor);
  std::string text = rounded(value * factor, digits);
  if (!cell.interval) return text;
  const double above = cell.interval->high - value, below = value - cell.interval->low;
  if (!cell.is_range && std::abs(above - below) <= 1e-9 * (above + below))
    return text + " " + kPlusMinus + rounded(above * factor, digits);
  return text + fmt::format(" [{}, {}]", rounded(cell.interval->low * factor, digits),
                            rounded(cell.interval->high * factor, digits));
}

void check(const Table& table) {
  for (const auto& row : table.rows) {
    if (row.size() != table.columns.size())
      throw std::logic_error(fmt::format("the table '{}' has {} columns and a row of {} cells",
                                         table.title, table.columns.size(), row.size()));
    for (const Cell& cell : row) {
      const bool finite = (!cell.value || std::isfinite(*cell.value)) &&
                          (!cell.interval || (std::isfinite(cell.interval->low) &&
                                              std::isfinite(cell.interval->high)));
      if (!finite)
        throw std::logic_error(
            fmt::format("the table '{}' has a value that is not finite; give "
                        "the reason instead",
                        table.title));
    }
  }
}

/// The number of `reason` among the notes, which gets it when it is new.
std::string footnote(std::vector<std::string>& reasons, const std::string& reason) {
  const auto found = std::ranges::find(reasons, reason);
  const auto number = found - reasons.begin() + 1;
  if (found == reasons.end()) reasons.push_back(reason);
  return std::to_string(number);
}

}  // namespace

TableLayout lay_out(const Table& table) {
  check(table);
  TableLayout layout;
  std::vector<Look> looks;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    looks.push_back(look_of(table, column));
    const std::string_view unit = looks.back().scale.unit;
    const std::string& title = table.columns[column].title;
    layout.header.push_back(unit.empty() ? title : fmt::format("{} ({})", title, unit));
    layout.numeric.push_back(std::ranges::any_of(
        table.rows, [&](const auto& row) { return row[column].value.has_value(); }));
  }
  std::vector<std::string> reasons;
  for (const auto& row : table.rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const Cell& cell = row[column];
      LayoutCell shown{.bold = cell.bold};
      if (cell.value)
        shown.text = show(cell, looks[column]);
      else
        shown.text = cell.text.empty() && !cell.missing.empty() ? "-" : cell.text;
      if (!cell.missing.empty()) shown.footnote = footnote(reasons, cell.missing);
      layout.cells.push_back(std::move(shown));
    }
  }
  layout.notes = table.notes;
  for (std::size_t i = 0; i < reasons.size(); ++i)
    layout.notes.push_back(fmt::format("[{}] {}", i + 1, reasons[i]));
  return layout;
}

TableFormat table_format(std::string_view name) {
  const std::vector<std::string> names = {"text", "md", "latex", "csv", "html"};
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) throw UserError(unknown_name("table format", name, names));
  return static_cast<TableFormat>(found - names.begin());
}

std::string print(const Table& table, TableFormat format) {
  switch (format) {
    case TableFormat::terminal:
      return print_terminal(table);
    case TableFormat::markdown:
      return print_markdown(table);
    case TableFormat::latex:
      return print_latex(table);
    case TableFormat::csv:
      return print_csv(table);
    case TableFormat::html:
      return print_html(table);
  }
  throw std::logic_error("unknown table format");
}

void mark_best(Table& table) {
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (!table.columns[column].higher_is_better) continue;
    const double sign = *table.columns[column].higher_is_better ? 1 : -1;
    std::optional<double> best;
    for (const auto& row : table.rows)
      if (row[column].value && !(best && sign * *row[column].value <= sign * *best))
        best = row[column].value;
    for (auto& row : table.rows)
      if (best && row[column].value == best) row[column].bold = true;
  }
}

}  // namespace lidit
