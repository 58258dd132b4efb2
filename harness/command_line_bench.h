// The words after `lidit bench`: a part of command_line.cpp, which is full.
#pragma once
#include "harness/commands/bench.h"

namespace CLI {
class App;
}

namespace lidit {

/// Gives `command` the options, in the order of --help.
void declare(CLI::App& command, BenchOptions& options);

}  // namespace lidit
