// One cell as a task for an executor: the two ends of what goes to a worker and comes back.
#pragma once
#include <string>

#include "harness/device.h"
#include "harness/executors/execution.h"
#include "harness/executors/worker_loop.h"
#include "harness/home.h"
#include "harness/planned_cell.h"
#include "results/store.h"

namespace lidit {

/// `force`: the record replaces one that is there.
Task make_cell_task(const PlannedCell& cell, bool force);

/// The worker's end: claims the cell, runs it and commits its record. Throws as run_experiment.
Fields do_cell_task(const Fields& task, const RecordStore& store, const Home& home,
                    const Device& device, const TellProgress& tell);

/// Whether another process had claimed the cell, so that nothing was done.
bool was_elsewhere(const Fields& result);

}  // namespace lidit
