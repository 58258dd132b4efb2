// `lidit score`: any system's images by the rules of a benchmark.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/commands/command_context.h"
#include "results/store.h"

namespace lidit {

struct ScoreOptions {
  std::string benchmark;                // a name of metrics/alignment/benchmark.h or of own_scores
  std::string images;                   // a folder in that benchmark's layout
  std::vector<std::string> judges;      // files of what was said of the images
  std::string prompts;                  // instead of the published ones; empty: those
  std::vector<std::string> legacy;      // older versions of the rules
  std::vector<std::string> categories;  // T2I-CompBench; empty: the six of 2023
  std::string audit;                    // what people say of some of the judge's verdicts
  std::string clip;                     // clipscore: a model's name or path
  std::string name;                     // of the system; empty: the folder's
  std::string format = "text";          // of the table
  bool allow_missing = false;
};

/// Prints a table with the row of these images and those of all records that may stand beside it,
/// and writes a record. UserError for whatever cannot be scored.
int execute(const ScoreOptions& options, const CommandContext& context);

/// What is scored beside the official benchmarks: by the drawn world's verifier, by people, by
/// CLIP.
struct OwnScore {
  std::string_view name, summary, prompts, judge;  // as in benchmarks::Benchmark
  int (*execute)(const ScoreOptions& options, const CommandContext& context);
};
/// Written by hand: one entry each.
std::span<const OwnScore> own_scores();

/// UserError naming the option for one that this benchmark would leave unread.
void refuse_unread(std::string_view benchmark, std::string_view option, bool given);
/// This record first, then those of the store that may stand beside it: equal scorers, switches and
/// prompts.
std::vector<Record> rows_beside(const Record& record, const RecordStore& store,
                                const CommandContext& context);
/// --name, or the folder's.
std::string system_name(const ScoreOptions& options);

}  // namespace lidit
