// What the program returns to the shell.
#pragma once

namespace lidit {

enum ExitCode : int {
  exit_done = 0,
  exit_cell_failed = 1,    // a cell failed, or the program itself is broken
  exit_user_mistake = 2,   // UserError
  exit_machine_lacks = 3,  // MachineError, no memory, no disk space
  exit_interrupted = 130,  // Ctrl-C or SIGTERM, as shells have it: 128 + SIGINT
};

}  // namespace lidit
