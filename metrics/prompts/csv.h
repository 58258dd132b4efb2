// Tables in text files: quoted CSV and raw TSV.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

struct CsvRow {
  std::int64_t line = 0;  // where the row begins, counted from 1
  std::vector<std::string> cells;
};

/// A header and rows that all have as many cells as it has.
struct CsvTable {
  std::vector<std::string> header;
  std::vector<CsvRow> rows;

  /// The number of the column of that name; FileError naming `where` and what there is.
  std::size_t column(std::string_view name, std::string_view where) const;
};

/// RFC 4180: commas, lines ended by LF or CR LF, cells in double quotes may hold commas, line ends
/// and doubled quotes. FileError naming `where` and the line for an open quote, for text around a
/// quoted cell, for a quote inside an unquoted cell, for a row of another length and for an empty
/// file. Rows without any character are skipped.
CsvTable parse_csv(std::string_view text, std::string_view where);

/// Tabs between cells and nothing quoted: a double quote is a double quote. FileError as above.
CsvTable parse_tsv(std::string_view text, std::string_view where);

}  // namespace lidit::benchmarks
