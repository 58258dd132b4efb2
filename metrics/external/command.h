// A program of the user's, run to its end: within a time, with so much output and no more.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "results/errors.h"

namespace lidit {

struct CommandLimits {
  std::chrono::milliseconds time;
  std::uint64_t output;  // bytes of standard output
};

struct CommandEnd {
  std::string out{};      // standard output
  std::string errors{};   // standard error: its last 64 KiB
  std::string failure{};  // how it went wrong: "ended with status 3"; empty where it did not
};

/// Runs `words` (a program, looked for on PATH unless it has a slash, and its arguments) without a
/// shell and with empty standard input. Its process group is killed at the end, and as soon as a
/// limit is passed. `while_waiting` is called some ten times a second; what it throws ends the
/// command and is thrown on. MachineError when no process can be made.
CommandEnd run_command(const std::vector<std::string>& words, const CommandLimits& limits,
                       const std::function<void()>& while_waiting);

}  // namespace lidit
