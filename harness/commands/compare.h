// `lidit compare`: a page on which people judge two folders of images, pair by pair.
#pragma once
#include <cstdint>
#include <string>

#include "harness/commands/command_context.h"
#include "metrics/human/comparison_page.h"

namespace lidit {

struct CompareOptions {
  std::string first, second;  // folders with captions.jsonl
  std::string out;            // the folder to write
  std::string question = human::ComparisonOptions{}.question;
  std::int64_t count = 0;  // prompts; 0: all that both have
  std::int64_t seed = 0;
};

int execute(const CompareOptions& options, const CommandContext& context);

}  // namespace lidit
