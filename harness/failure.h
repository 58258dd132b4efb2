// An exception as one sentence and an exit code: the same for the program and for a failed cell.
#pragma once
#include <exception>
#include <string>

namespace lidit {

struct Failure {
  int exit_code;
  std::string sentence;  // one line, no full stop needed, no back trace
};

/// UserError 2, MachineError 3, no memory or disk space 3, anything else 1 "internal error: ...".
Failure describe_failure(const std::exception_ptr& error);

}  // namespace lidit
