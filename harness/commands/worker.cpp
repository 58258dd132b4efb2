#include "harness/commands/worker.h"

#include <ATen/Parallel.h>

#include "harness/cell_task.h"
#include "harness/device.h"
#include "harness/executors/worker_loop.h"
#include "harness/exit_code.h"
#include "results/store.h"

namespace lidit {

int execute(const WorkerOptions& options, const CommandContext& context) {
  at::set_num_threads(1);  // one cell a core; and the same sums however many cells run
  const Device device = open_device(options.device);
  const RecordStore store(context.home.records());
  serve_tasks(context.in, context.out, [&](const Fields& task, const TellProgress& tell) {
    return do_cell_task(task, store, context.home, device, tell);
  });
  return exit_done;
}

}  // namespace lidit
