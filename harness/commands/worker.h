// `lidit worker`: what sweeps start, not people. Speaks executors/messages.h on its standard input
// and output.
#pragma once
#include <string>

#include "harness/commands/command_context.h"

namespace lidit {

struct WorkerOptions {
  std::string device = "auto";
};

/// Runs cells until its input ends.
int execute(const WorkerOptions& options, const CommandContext& context);

}  // namespace lidit
