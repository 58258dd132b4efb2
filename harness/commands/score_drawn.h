// `lidit score --benchmark drawn`: any model's pictures of the drawn world, read back.
#pragma once
#include "harness/commands/command_context.h"

namespace lidit {

struct ScoreOptions;

/// Runs the cell that a spec's row of strategy image-folder would be, and prints it beside other
/// such rows of the same world and prompts. A folder holds one split, or a folder for each.
int score_drawn(const ScoreOptions& options, const CommandContext& context);

}  // namespace lidit
