// What a user asks for.
#pragma once
#include <string>

namespace lidit {

struct Prompt {
  std::string text;  // UTF-8
};

}  // namespace lidit
