// The program from the words after its name to its exit code.
#pragma once
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

/// Runs one command. No exception leaves it: each becomes one sentence on `context.talk` and an
/// exit code. Without arguments: the help on `context.talk`, exit_user_mistake.
int run_program(const std::vector<std::string>& arguments, const CommandContext& context);

}  // namespace lidit
