#include "harness/cell_task.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "harness/cell_checkpoint.h"
#include "harness/experiment.h"
#include "results/record.h"

namespace lidit {
namespace {

// Keys of a task, and the one of its result.
const std::string kName = "name", kFingerprint = "fingerprint", kSettings = "settings",
                  kForce = "force", kElsewhere = "elsewhere";

}  // namespace

Task make_cell_task(const PlannedCell& cell, bool force) {
  return {.name = cell.name,
          .fields = {{kName, cell.name},
                     {kFingerprint, cell.fingerprint},
                     {kSettings, to_json(cell.resolved)},
                     {kForce, force}}};
}

Fields do_cell_task(const Fields& task, const RecordStore& store, const Home& home,
                    const Device& device, const TellProgress& tell) {
  const auto fingerprint = get<std::string>(task, kFingerprint);
  const bool force = get<bool>(task, kForce);
  const std::unique_ptr<Claim> claim = store.claim(fingerprint);
  if (claim == nullptr) return {{kElsewhere, true}};
  const auto forget_checkpoint = [&] {
    std::error_code ignored;  // the record is there: what is left over does no harm
    std::filesystem::remove(CellCheckpoint::file(home.checkpoints(), fingerprint, device.device),
                            ignored);
  };
  // Another process may have finished it between our look at the store and our claim.
  const std::optional<Record> earlier = store.find_whole(fingerprint);
  if (!force && earlier && earlier->status == Status::done) {
    forget_checkpoint();
    return {};
  }

  const std::unique_ptr<RecordDraft> draft = store.draft(fingerprint);
  ExperimentResult result =
      run_experiment(fields_from_json(get<std::string>(task, kSettings), "a cell's settings"),
                     {.home = home.root,
                      .folder = draft->folder(),
                      .device = device.device,
                      .tell = tell,
                      .checkpoints = home.checkpoints()});
  result.record.name = get<std::string>(task, kName);
  if (result.record.fingerprint != fingerprint) {
    throw UserError("the files of a model have changed while cells were running: begin again");
  }
  draft->commit(result.record, result.prompts, force);
  forget_checkpoint();
  return {};
}

bool was_elsewhere(const Fields& result) { return get_or<bool>(result, kElsewhere, false); }

}  // namespace lidit
