// Tasks on the cores of this machine, in long-lived worker processes.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "harness/executors/execution.h"
#include "harness/terminal/interrupts.h"

namespace lidit {

struct LocalExecutor {
  std::vector<std::string> worker_command;  // a program that speaks executors/messages.h
  int workers = 1;
  std::chrono::milliseconds grace{60'000};  // from the request to stop until workers are killed

  /// The outcomes in the order of `tasks`. A worker that dies fails its task and is replaced. When
  /// `interrupts` asks to stop, workers get SIGTERM, after `grace` SIGKILL, and what is not done
  /// is `stopped`. Throws MachineError when a worker ends before it is ready.
  std::vector<Outcome> run(std::span<const Task> tasks, const InterruptWatch& interrupts,
                           ExecutionObserver& observer) const;
};

}  // namespace lidit
