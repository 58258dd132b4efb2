// `lidit layout`: what a benchmark wants drawn, and images put into the layout of its evaluator.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct LayoutOptions {
  std::string benchmark;                // a name of metrics/alignment/benchmark.h
  std::string out;                      // the folder to write
  std::string images;                   // a folder with captions.jsonl; empty: only the plan
  std::string prompts;                  // instead of the published ones; empty: those
  std::vector<std::string> legacy;      // older versions of the rules
  std::vector<std::string> categories;  // T2I-CompBench; empty: the six of 2023
  std::int64_t seed = 0;                // from which the plan's seeds follow
  std::string seeds = "per-prompt";     // a name of results/seed_policy.h
  std::string model_hash, sampler;      // for the manifest
  bool rewritten = false;               // whether prompts were rewritten before they were drawn
};

/// Without images it writes plan.jsonl, otherwise the layout and manifest.jsonl. UserError when the
/// folder has one already or when images are missing.
int execute(const LayoutOptions& options, const CommandContext& context);

}  // namespace lidit
