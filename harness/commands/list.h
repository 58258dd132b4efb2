// `lidit list`: what there is to choose from.
#pragma once
#include <string>

#include "harness/commands/command_context.h"

namespace lidit {

struct ListOptions {
  std::string what;     // one of the lists; empty: which lists there are
  bool counts = false;  // of strategies: what they and their variants train
};

/// Prints one line per choice: its name, then what it is. Throws UserError for an unknown list
/// and for counts of another list than strategies.
int execute(const ListOptions& options, const CommandContext& context);

}  // namespace lidit
