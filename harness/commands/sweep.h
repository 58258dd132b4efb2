// `lidit sweep`: all cells of a spec.
#pragma once
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct SweepCommandOptions {
  std::string spec;                    // a name of `lidit list specs`, or a file
  std::vector<std::string> overrides;  // "key=value"
  std::string filter;                  // see filter_cells; empty: all
  int jobs = 0;                        // 0: one per core
  bool dry_run = false;                // prints the cells with every setting they would have
  std::string device = "auto";
};

/// Runs what has no record yet and prints one line a cell: how it ended, its record, its name.
int execute(const SweepCommandOptions& options, const CommandContext& context);

}  // namespace lidit
