// `lidit encode`: the hidden states of prompts as a safetensors file.
#pragma once
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct EncodeOptions {
  std::string model;  // a name or a path; empty: the strategy's own
  std::string strategy = "raw-llm";
  std::vector<std::string> overrides;  // "encoder.layer=-3": keys that change the states
  std::string prompts;                 // a file with one prompt a line, "-" for standard input
  std::string out;                     // written whole or not at all
  std::string device = "auto";
};

/// Writes what write_feature_file documents: states as the model gives them, before any feature
/// normalisation, with the layer counted as transformers counts hidden_states.
int execute(const EncodeOptions& options, const CommandContext& context);

}  // namespace lidit
