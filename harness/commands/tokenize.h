// `lidit tokenize`: the token ids of prompts.
#pragma once
#include <string>

#include "harness/commands/command_context.h"

namespace lidit {

struct TokenizeOptions {
  std::string model;      // a name or a path; or else
  std::string tokenizer;  // a file that load_tokenizer reads, or a folder with one
  std::string encoding;   // of a tiktoken file
  std::string prompts;    // a file with one prompt a line, "-" for standard input
  bool special = true;    // with the tokens that the tokenizer adds by itself
};

/// Prints one JSON array of ids a line, line i for prompt i.
int execute(const TokenizeOptions& options, const CommandContext& context);

}  // namespace lidit
