#include "harness/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "harness/executors/local_executor.h"
#include "harness/exit_code.h"
#include "harness/provenance.h"
#include "harness/sweep_progress.h"
#include "results/store.h"

namespace lidit {
namespace {

int worker_count(const SweepOptions& options, const Device& device) {
  if (options.jobs > 0) return options.jobs;
  return device.device.is_cuda() ? 1 : available_cores();
}

std::vector<std::string> worker_command(const SweepOptions& options) {
  if (!options.worker_command.empty()) return options.worker_command;
  // The file that runs now, even when a build has replaced it meanwhile.
  return {"/proc/self/exe", "worker", "--device", options.device};
}

CellEnd end_of(const Outcome& outcome) {
  if (outcome.end == TaskEnd::stopped) return CellEnd::stopped;
  if (outcome.end == TaskEnd::failed) return CellEnd::failed;
  return was_elsewhere(outcome.result) ? CellEnd::elsewhere : CellEnd::done;
}

// Leaves the reason where the table finds it, unless another process has done better meanwhile.
void record_failure(const RecordStore& store, const PlannedCell& cell, const std::string& reason,
                    const Device& device) {
  store.draft(cell.fingerprint)
      ->commit({.fingerprint = cell.fingerprint,
                .name = cell.name,
                .status = Status::failed,
                .reason = reason,
                .asked = cell.resolved,
                .context = provenance(device.device)},
               {});
}

}  // namespace

std::vector<PlannedCell> make_cells(std::span<const ExperimentSpec> specs, const Home& home) {
  std::vector<PlannedCell> cells;
  std::set<std::string> seen;
  for (const ExperimentSpec& spec : specs) {
    if (!spec.skip_reason.empty()) continue;
    PlannedCell cell = plan_cell(spec, home);
    if (seen.insert(cell.fingerprint).second) cells.push_back(std::move(cell));
  }
  return cells;
}

std::vector<CellEnd> run_cells(std::span<const PlannedCell> cells, const SweepOptions& options,
                               const CommandContext& context) {
  const RecordStore store(context.home.records());
  const Device device = open_device(options.device);
  if (!device.note.empty()) context.talk << device.note << std::endl;
  std::vector<CellEnd> ends(cells.size(), CellEnd::reused);
  std::vector<std::size_t> missing;  // indices into `cells`
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::optional<Record> earlier = store.find(cells[i].fingerprint);
    if (!options.force && earlier && earlier->status == Status::done) continue;
    missing.push_back(i);
    tasks.push_back(make_cell_task(cells[i], options.force));
  }
  if (tasks.empty()) return ends;

  const InterruptWatch interrupts({SIGINT, SIGTERM});
  SweepProgress progress(context.talk, context.progress, tasks, cells.size());
  const LocalExecutor executor{.worker_command = worker_command(options),
                               .workers = worker_count(options, device)};
  const std::vector<Outcome> outcomes = executor.run(tasks, interrupts, progress);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const PlannedCell& cell = cells[missing[i]];
    ends[missing[i]] = end_of(outcomes[i]);
    if (outcomes[i].end == TaskEnd::failed) {
      record_failure(store, cell, outcomes[i].reason, device);
    }
    const std::optional<Record> record = store.find(cell.fingerprint);
    if (record && record->status == Status::failed) ends[missing[i]] = CellEnd::failed;
  }
  return ends;
}

int conclude(std::span<const CellEnd> ends, const CommandContext& context) {
  const auto count = [&](CellEnd end) { return std::count(ends.begin(), ends.end(), end); };
  context.talk << fmt::format("{} cells: {} run, {} had their record", ends.size(),
                              count(CellEnd::done), count(CellEnd::reused));
  if (count(CellEnd::failed) > 0) {
    context.talk << fmt::format(", {} failed (the same command tries them again)",
                                count(CellEnd::failed));
  }
  if (count(CellEnd::elsewhere) > 0) {
    context.talk << fmt::format(", {} are being run by another process", count(CellEnd::elsewhere));
  }
  if (count(CellEnd::stopped) > 0) {
    context.talk << fmt::format(", {} stopped: the same command goes on with them",
                                count(CellEnd::stopped));
  }
  context.talk << std::endl;
  if (count(CellEnd::stopped) > 0) return exit_interrupted;
  return count(CellEnd::failed) > 0 ? exit_cell_failed : exit_done;
}

}  // namespace lidit
