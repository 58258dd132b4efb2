// `lidit doctor`: what is here.
#pragma once
#include "harness/commands/command_context.h"

namespace lidit {

struct DoctorOptions {};

/// Prints one line per thing found or missing; always exit_done.
int execute(const DoctorOptions& options, const CommandContext& context);

}  // namespace lidit
