// `lidit quickstart`: the main job on real language models, from a caption to a table.
#pragma once
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct QuickstartOptions {
  std::vector<std::string> overrides;  // of the spec "quickstart"
  std::string device = "auto";
};

/// Shows a caption with its picture, encodes, trains the spec's cells, prints what was found and
/// writes the report. What is stored is not computed again.
int execute(const QuickstartOptions& options, const CommandContext& context);

}  // namespace lidit
