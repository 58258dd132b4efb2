#include "metrics/prompts/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "metrics/prompts/text_file.h"

namespace lidit::benchmarks {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

/// Reads one cell after the other; knows the line it is in.
class CsvReader {
 public:
  CsvReader(std::string_view text, std::string_view where) : text_(text), where_(where) {
    if (text_.starts_with(kMark)) at_ = kMark.size();
  }

  bool done() const { return at_ == text_.size(); }

  CsvRow row() {
    CsvRow row{.line = line_, .cells = {}};
    row.cells.push_back(cell());
    while (take(',')) row.cells.push_back(cell());
    end_line();
    return row;
  }

 private:
  bool take(char wanted) {
    if (done() || text_[at_] != wanted) return false;
    ++at_;
    line_ += wanted == '\n';
    return true;
  }

  void end_line() {
    if (done() || take('\n')) return;
    if (take('\r') && take('\n')) return;
    fail("text follows the closing quote of a cell");
  }

  std::string cell() { return take('"') ? quoted() : plain(); }

  std::string plain() {
    const std::size_t begin = at_;
    while (!done() && text_[at_] != ',' && text_[at_] != '\n' && text_.substr(at_, 2) != "\r\n") {
      if (text_[at_] == '"') fail("a quote inside a cell that is not quoted");
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted() {
    const std::int64_t opened = line_;
    std::string cell;
    while (!done()) {
      if (take('"')) {
        if (!take('"')) return cell;
        cell += '"';
        continue;
      }
      const char next = text_[at_];
      take(next);
      cell += next;
    }
    throw FileError(fmt::format("{}: line {}: a quote is never closed", where_, opened));
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(fmt::format("{}: line {}: {}", where_, line_, what));
  }

  std::string_view text_;
  std::string where_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
};

/// The first row becomes the header; every other must be as long.
CsvTable table_of(std::vector<CsvRow> rows, std::string_view where) {
  if (rows.empty()) throw FileError(fmt::format("{}: empty, not even a header", where));
  CsvTable table{.header = std::move(rows.front().cells), .rows = {}};
  rows.erase(rows.begin());
  for (const CsvRow& row : rows) {
    if (row.cells.size() != table.header.size())
      throw FileError(fmt::format("{}: line {}: {} cells where the header has {}", where, row.line,
                                  row.cells.size(), table.header.size()));
  }
  table.rows = std::move(rows);
  return table;
}

bool is_blank(const CsvRow& row) { return row.cells.size() == 1 && row.cells.front().empty(); }

}  // namespace

std::size_t CsvTable::column(std::string_view name, std::string_view where) const {
  const auto found = std::ranges::find(header, name);
  if (found == header.end())
    throw FileError(
        fmt::format("{}: no column '{}' among {}", where, name, fmt::join(header, ", ")));
  return static_cast<std::size_t>(found - header.begin());
}

CsvTable parse_csv(std::string_view text, std::string_view where) {
  CsvReader reader(text, where);
  std::vector<CsvRow> rows;
  while (!reader.done()) {
    CsvRow row = reader.row();
    if (!is_blank(row)) rows.push_back(std::move(row));
  }
  return table_of(std::move(rows), where);
}

CsvTable parse_tsv(std::string_view text, std::string_view where) {
  std::vector<CsvRow> rows;
  for (const Line& line : split_lines(text)) {
    CsvRow row{.line = line.number, .cells = {}};
    std::string_view rest = line.text;
    for (std::size_t tab = rest.find('\t'); tab != rest.npos; tab = rest.find('\t')) {
      row.cells.emplace_back(rest.substr(0, tab));
      rest.remove_prefix(tab + 1);
    }
    row.cells.emplace_back(rest);
    if (!is_blank(row)) rows.push_back(std::move(row));
  }
  return table_of(std::move(rows), where);
}

}  // namespace lidit::benchmarks
