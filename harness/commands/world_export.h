// `lidit world export`: pictures and captions of the drawn world for anyone's model or scorer.
#pragma once
#include <cstdint>
#include <string>

#include "harness/commands/command_context.h"

namespace lidit {

struct WorldExportOptions {
  std::string preset = "quick";
  std::string split;
  std::int64_t count = 0;     // examples; 0: all of "train"
  std::string out;            // a folder
  bool prompts_only = false;  // without the true pictures: another model draws them
};

int execute(const WorldExportOptions& options, const CommandContext& context);

}  // namespace lidit
