// What every command is given besides its options.
#pragma once
#include <istream>
#include <ostream>

#include "harness/home.h"

namespace lidit {

struct CommandContext {
  Home home;
  std::istream& in;    // prompts, where a file is called "-"
  std::ostream& out;   // data
  std::ostream& talk;  // what is said to a person: progress, notes, mistakes
};

}  // namespace lidit
