// `lidit try`: a prompt of your own through a trained cell.
#pragma once
#include <cstdint>
#include <string>

#include "harness/commands/command_context.h"

namespace lidit {

struct TryOptions {
  std::string record;       // a folder, or the first digits of its name
  std::string prompt;       // any text
  std::int64_t images = 1;  // each from noise of its own
  std::string out;          // a folder for the pictures; empty: `tries` in the home
  std::string device = "auto";
};

/// Draws the pictures, shows them where the terminal has colours, writes them as PNG and says what
/// the reader of the drawn world finds in each. Throws UserError for a record without weights.
int execute(const TryOptions& options, const CommandContext& context);

}  // namespace lidit
