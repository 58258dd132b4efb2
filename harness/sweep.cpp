#include "harness/sweep.h"

#include <fmt/format.h>
#include <poll.h>

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

constexpr int kPatience = 5000;  // milliseconds between two looks at other processes' cells

int worker_count(const SweepOptions& options, const Device& device) {
  if (options.jobs > 0) return options.jobs;
  return device.device.is_cuda() ? 1 : available_cores();
}

std::vector<std::string> worker_command(const SweepOptions& options) {
  if (!options.worker_command.empty()) return options.worker_command;
  // The file that runs now, even when a build has replaced it meanwhile.
  return {"/proc/self/exe", "worker", "--device", options.device};
}

// What the rounds of one sweep share.
struct SweepTools {
  const RecordStore& store;
  const Device& device;
  const LocalExecutor& executor;
  const InterruptWatch& interrupts;
  const CommandContext& context;
};

// Leaves the reason where the table finds it, unless another process has done better meanwhile.
void record_failure(const PlannedCell& cell, const std::string& reason, const SweepTools& tools) {
  tools.store.draft(cell.fingerprint)
      ->commit({.fingerprint = cell.fingerprint,
                .name = cell.name,
                .status = Status::failed,
                .reason = reason,
                .asked = cell.resolved,
                .context = provenance(tools.device.device)},
               {});
}

// Records a failure as soon as it is known: the sweep itself may be killed before its end.
class RoundObserver : public SweepProgress {
 public:
  RoundObserver(std::span<const PlannedCell> cells, const std::vector<std::size_t>& open,
                std::span<const Task> tasks, const SweepTools& tools)
      : SweepProgress(tools.context.talk, tools.context.progress, tasks, cells.size()),
        cells_(cells),
        open_(open),
        tools_(tools) {}
  void on_end(std::size_t task, const Outcome& outcome) override {
    SweepProgress::on_end(task, outcome);
    if (outcome.end == TaskEnd::failed) record_failure(cells_[open_[task]], outcome.reason, tools_);
  }

 private:
  std::span<const PlannedCell> cells_;
  const std::vector<std::size_t>& open_;
  const SweepTools& tools_;
};

CellEnd end_of(const Outcome& outcome, const RecordStore& store, const PlannedCell& cell) {
  if (outcome.end == TaskEnd::stopped) return CellEnd::stopped;
  if (outcome.end == TaskEnd::failed) return CellEnd::failed;
  // A cell that diverges leaves a failed record by itself.
  const std::optional<Record> record = store.find_whole(cell.fingerprint);
  return record && record->status == Status::failed ? CellEnd::failed : CellEnd::done;
}

using Round = std::vector<std::pair<std::size_t, Outcome>>;  // by index of the cell

Round run_round(std::span<const PlannedCell> cells, const std::vector<std::size_t>& open,
                bool force, const SweepTools& tools) {
  std::vector<Task> tasks;
  for (const std::size_t cell : open) tasks.push_back(make_cell_task(cells[cell], force));
  RoundObserver observer(cells, open, tasks, tools);
  std::vector<Outcome> outcomes = tools.executor.run(tasks, tools.interrupts, observer);
  Round round;
  for (std::size_t i = 0; i < open.size(); ++i) round.emplace_back(open[i], std::move(outcomes[i]));
  return round;
}

// Until another process has finished one of these cells, or has died and left it to us.
void wait_for_others(std::span<const PlannedCell> cells, const std::vector<std::size_t>& open,
                     const SweepTools& tools) {
  tools.context.talk << fmt::format("waiting for {} cells that other processes run", open.size())
                     << std::endl;
  const auto is_free = [&](std::size_t cell) {
    return tools.store.claim(cells[cell].fingerprint) != nullptr;
  };
  pollfd interrupted{tools.interrupts.fd(), POLLIN, 0};
  while (!tools.interrupts.requested() && std::ranges::none_of(open, is_free))
    poll(&interrupted, 1, kPatience);
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
  const Device device = open_device(options.device);
  if (!device.note.empty()) context.talk << device.note << std::endl;
  const RecordStore store(context.home.records());
  std::vector<CellEnd> ends(cells.size(), CellEnd::reused);
  std::vector<std::size_t> open;  // cells to run, as indices
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::optional<Record> earlier = store.find_whole(cells[i].fingerprint);
    if (options.force || !earlier || earlier->status == Status::failed) open.push_back(i);
  }
  if (open.empty()) return ends;

  const InterruptWatch interrupts({SIGINT, SIGTERM});
  const LocalExecutor executor{.worker_command = worker_command(options),
                               .workers = worker_count(options, device)};
  const SweepTools tools{store, device, executor, interrupts, context};
  while (!open.empty()) {
    const Round round = run_round(cells, open, options.force, tools);
    open.clear();
    for (const auto& [cell, outcome] : round) {
      ends[cell] = end_of(outcome, store, cells[cell]);
      if (outcome.end == TaskEnd::done && was_elsewhere(outcome.result)) open.push_back(cell);
    }
    if (!open.empty()) wait_for_others(cells, open, tools);
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
  if (count(CellEnd::stopped) > 0) {
    context.talk << fmt::format(", {} stopped: the same command goes on with them",
                                count(CellEnd::stopped));
  }
  context.talk << std::endl;
  if (count(CellEnd::stopped) > 0) return exit_interrupted;
  return count(CellEnd::failed) > 0 ? exit_cell_failed : exit_done;
}

}  // namespace lidit
