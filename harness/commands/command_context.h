// What every command is given besides its options.
#pragma once
#include <istream>
#include <ostream>

#include "harness/home.h"
#include "harness/terminal/progress.h"

namespace lidit {

struct CommandContext {
  Home home;
  std::istream& in;         // prompts, where a file is called "-"
  std::ostream& out;        // data
  std::ostream& talk;       // what is said to a person: progress, notes, mistakes
  ProgressView progress{};  // how progress is shown on `talk`
  bool colour = false;      // `out` shows colours
};

}  // namespace lidit
