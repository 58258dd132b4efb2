// `lidit table`: the table of a spec from the records that are there.
#pragma once
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct TableOptions {
  std::string spec;                    // a name of `lidit list specs`, or a file
  std::vector<std::string> overrides;  // as they were given to the sweep
  std::string format = "text";         // a name of table_format
  bool without_timings = false;        // what is left is the same on every machine
  std::string against{};               // compare every row with this one (see find_row); or empty
  std::string ranks{};    // a spec with rows of the same labels (rank_table.h); or empty
  std::string figures{};  // a folder for the spec's figures; empty: none are written
};

/// Prints it, in HTML with the spec's figures below; runs nothing. Equal records give equal bytes.
int execute(const TableOptions& options, const CommandContext& context);

}  // namespace lidit
