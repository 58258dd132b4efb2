#include "harness/commands/run.h"

#include <fmt/format.h>

#include "harness/exit_code.h"
#include "harness/planned_cell.h"
#include "harness/spec_files.h"
#include "harness/sweep.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::size_t kCellsShown = 8;

[[noreturn]] void refuse_several(const std::vector<PlannedCell>& cells, const std::string& spec) {
  std::string names;
  for (std::size_t i = 0; i < std::min(cells.size(), kCellsShown); ++i) {
    names += (i > 0 ? "; " : "") + cells[i].name;
  }
  if (cells.size() > kCellsShown) names += "; ...";
  throw UserError(
      fmt::format("run: {} has {} cells ({}): pick one with --filter 'ROW,seed=N', or run all with "
                  "'lidit sweep'",
                  spec, cells.size(), names));
}

std::string value_text(const Measurement& measurement) {
  if (!measurement.value) return "- (" + measurement.reason + ")";
  return fmt::format("{:.4g}{}{}", *measurement.value, measurement.unit.empty() ? "" : " ",
                     measurement.unit);
}

void print_record(const Record& record, const RecordStore& store, std::ostream& out) {
  out << "record  " << store.place_of(record.fingerprint).string() << "\n"
      << "cell    " << record.name << "\n"
      << "status  " << status_name(record.status)
      << (record.reason.empty() ? "" : ": " + record.reason) << "\n";
  for (const Measurement& measurement : record.measurements) {
    out << fmt::format("{:<44} {}\n", measurement.name, value_text(measurement));
  }
}

}  // namespace

int execute(const RunOptions& options, const CommandContext& context) {
  AblationSpec spec = open_spec(options.spec, context.home, options.overrides, options.filter);
  if (options.dry_run) {
    for (ExperimentSpec& cell : spec.cells) cell = complete(std::move(cell), context.home);
    context.out << describe(spec);
    return exit_done;
  }
  const std::vector<PlannedCell> cells = make_cells(spec.cells, context.home);
  if (cells.empty()) throw UserError("run: no cell of " + options.spec + " is left to run");
  if (cells.size() > 1) refuse_several(cells, options.spec);
  const std::vector<CellEnd> ends =
      run_cells(cells, {.device = options.device, .jobs = 1, .force = options.force}, context);
  const RecordStore store(context.home.records());
  if (ends.front() == CellEnd::reused) {
    context.talk << "the record exists already (--force runs the cell again)" << std::endl;
  }
  if (const auto record = store.find(cells.front().fingerprint)) {
    print_record(*record, store, context.out);
  }
  return ends.front() == CellEnd::reused ? exit_done : conclude(ends, context);
}

}  // namespace lidit
