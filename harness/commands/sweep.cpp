#include "harness/commands/sweep.h"

#include <fmt/format.h>

#include "harness/exit_code.h"
#include "harness/planned_cell.h"
#include "harness/spec_files.h"
#include "harness/sweep.h"

namespace lidit {
namespace {

std::string_view word_of(CellEnd end) {
  switch (end) {
    case CellEnd::done:
      return "run";
    case CellEnd::reused:
      return "there";
    case CellEnd::failed:
      return "failed";
    case CellEnd::stopped:
      return "stopped";
  }
  return "";
}

}  // namespace

int execute(const SweepCommandOptions& options, const CommandContext& context) {
  AblationSpec spec = open_spec(options.spec, context.home, options.overrides, options.filter);
  if (options.dry_run) {
    for (ExperimentSpec& cell : spec.cells) cell = complete(std::move(cell), context.home);
    context.out << describe(spec);
    return exit_done;
  }
  const std::vector<PlannedCell> cells = make_cells(spec.cells, context.home);
  const std::vector<CellEnd> ends =
      run_cells(cells, {.device = options.device, .jobs = options.jobs}, context);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    context.out << fmt::format("{:<10}{}  {}\n", word_of(ends[i]),
                               cells[i].fingerprint.substr(0, 16), cells[i].name);
  }
  return conclude(ends, context);
}

}  // namespace lidit
