// `lidit models inspect`: what the files of a language model say of it.
#pragma once
#include <string>

#include "harness/commands/command_context.h"

namespace lidit {

struct ModelsInspectOptions {
  std::string model;  // a name, a GGUF file or a folder
};

int execute(const ModelsInspectOptions& options, const CommandContext& context);

}  // namespace lidit
