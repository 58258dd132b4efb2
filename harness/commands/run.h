// `lidit run`: one cell of a spec, one record.
#pragma once
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct RunOptions {
  std::string spec;                    // a name of `lidit list specs`, or a file
  std::vector<std::string> overrides;  // "key=value"
  std::string filter;                  // picks the cell where the spec has several
  bool force = false;                  // again, although its record exists
  bool dry_run = false;                // prints every setting that the cells would have
  std::string device = "auto";
};

/// Runs the cell unless its record exists, and prints the record: its folder and what was measured.
/// Throws UserError when the spec has several cells, saying which.
int execute(const RunOptions& options, const CommandContext& context);

}  // namespace lidit
