// `lidit score`: any system's images by an official benchmark's rules, from a judge's answers.
#pragma once
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct ScoreOptions {
  std::string benchmark;                // a name of metrics/alignment/benchmark.h
  std::string images;                   // a folder in that benchmark's layout
  std::string judge;                    // what the judge said
  std::string prompts;                  // instead of the published ones; empty: those
  std::vector<std::string> legacy;      // older versions of the rules
  std::vector<std::string> categories;  // T2I-CompBench; empty: the six of 2023
  std::string name;                     // of the system; empty: the folder's
  std::string format = "text";          // of the table
  bool allow_missing = false;
};

/// Prints a table with the row of these images and those of all records that may stand beside it,
/// and writes a record. UserError for whatever cannot be scored.
int execute(const ScoreOptions& options, const CommandContext& context);

}  // namespace lidit
