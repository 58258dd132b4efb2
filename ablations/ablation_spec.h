// What a spec file means once everything is resolved: the cells to run and the table to make.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ablations/schema.h"

namespace lidit {

inline constexpr std::size_t kCellLimit = 10'000;

/// One cell: one experiment with one seed.
struct ExperimentSpec {
  std::string row;  // label of the row of the table that it belongs to
  Fields settings;  // complete: every default is filled in
  std::int64_t seed = 0;
  std::string skip_reason{};  // not empty: it is not run, and the table says why

  bool operator==(const ExperimentSpec&) const = default;
};

/// One column of the table: a measurement, under a heading.
struct ColumnSpec {
  std::string measurement;  // as in a Record: "heldout.binding"
  std::string label;
  std::optional<std::int64_t> digits{};  // behind the point; otherwise by the unit

  bool operator==(const ColumnSpec&) const = default;
};

struct TableSpec {
  std::vector<ColumnSpec> columns;
  std::string reference{};  // label of the row that others are tested against; empty: none

  bool operator==(const TableSpec&) const = default;
};

/// What a figure shows: binding by the place of the object in the caption, or over training steps.
enum class FigureKind { position, learning };

/// One figure of the spec's rows.
struct FigureSpec {
  std::string name;  // of its file, without ".svg"
  std::string title;
  FigureKind kind;
  std::string measurement;  // of a Record: "position-seen.binding"; of a curve: "seen.binding"

  bool operator==(const FigureSpec&) const = default;
};

/// One row of the table, in the order of the spec.
struct RowSpec {
  std::string label;
  std::map<std::string, double> paper{};  // the paper's own values by measurement

  bool operator==(const RowSpec&) const = default;
};

struct AblationSpec {
  std::string name, title, note;
  std::vector<std::int64_t> seeds;
  std::vector<RowSpec> rows;
  std::vector<ExperimentSpec> cells;  // rows x axes x seeds, rows slowest
  TableSpec table;
  std::vector<FigureSpec> figures;
};

/// Reads the spec, its parents and the overrides ("key=value"; "seeds=[0, 1, 2]" too), checks every
/// key and value and forms the cells. SpecError with file and line for any mistake.
AblationSpec load_spec(const std::filesystem::path& file, const Schema& schema,
                       std::span<const std::string> overrides = {});

/// Gives the text of a spec file; throws FileError when there is none.
using ReadSpec = std::function<std::string(const std::filesystem::path&)>;
/// The same with files from elsewhere (tests).
AblationSpec load_spec(const std::filesystem::path& file, const Schema& schema,
                       std::span<const std::string> overrides, const ReadSpec& read);

/// The cells that `expression` picks: terms joined by commas, all of which must hold. A term is
/// "key=value", "seed=0", or a pattern for the row's label with * and ?: "strategy=raw-llm,seed=0",
/// "*refiner*". SpecError for an unknown key, a value that the key cannot have, and an expression
/// that picks no cell (naming the rows).
std::vector<ExperimentSpec> filter_cells(std::span<const ExperimentSpec> cells,
                                         std::string_view expression, const Schema& schema);

/// What would be run, for --dry-run: the settings that all cells share, then every cell with what
/// differs, then what is skipped and why.
std::string describe(const AblationSpec& spec);

}  // namespace lidit
