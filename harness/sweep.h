// The cells of a spec: which there are, which are still to be run, and running them.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "ablations/ablation_spec.h"
#include "harness/cell_task.h"
#include "harness/commands/command_context.h"

namespace lidit {

/// The cells that are to be run, each once however many rows share it; skipped ones are left out.
/// Throws as resolve does (a key or a model that is not there).
std::vector<PlannedCell> make_cells(std::span<const ExperimentSpec> specs, const Home& home);

struct SweepOptions {
  std::string device = "auto";
  int jobs = 0;        // workers; 0: one per core, a single one on a GPU
  bool force = false;  // run cells whose record exists
  /// A program that speaks executors/messages.h; this one, as `lidit worker`, when empty.
  std::vector<std::string> worker_command{};
};

enum class CellEnd { done, reused, failed, stopped };

/// Runs the cells that have no record yet (or a failed one) on this machine's cores, tells of it on
/// `context.talk`, and returns how each cell ended, in order. A cell that fails leaves a record
/// with the reason; one that another process runs is waited for. Ctrl-C stops it: see
/// LocalExecutor.
std::vector<CellEnd> run_cells(std::span<const PlannedCell> cells, const SweepOptions& options,
                               const CommandContext& context);

/// The exit code that stands for all of them, and what is left to do, said on `context.talk`.
int conclude(std::span<const CellEnd> ends, const CommandContext& context);

}  // namespace lidit
