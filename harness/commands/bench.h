// `lidit bench`: how fast encoders read, backbones sample and train, and what strategies add.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct BenchOptions {
  std::vector<std::string> only;         // sections; empty: all
  std::string filter;                    // a regular expression over the names of cells; empty: all
  std::vector<std::string> sizes;        // of encoders and backbones; empty: all but the tiny ones
  std::vector<std::int64_t> batches;     // empty: what suits each size
  std::vector<std::int64_t> lengths;     // text tokens; empty: 64
  std::string type;                      // fp32 or bf16; empty: bf16 encoders, fp32 backbones
  double noise = 2;                      // %
  double seconds = 5;                    // for a cell at most
  std::optional<std::int64_t> threads;   // else OMP_NUM_THREADS, or one per core
  bool extrapolate = false;              // from a few blocks, and marked
  std::optional<double> price_per_hour;  // of this machine
  std::string format = "text";           // of the tables
  std::string out;            // folder of the figures; empty: reports/bench in LIDIT_HOME
  bool dry_run = false;       // cells with what they compute and need, unmeasured
  bool from_records = false;  // tables and figures of what was measured before
  std::string device = "auto";
};

/// Measures, writes a record for each cell, prints a table for each section, and writes figures. A
/// cell that does not fit or fails is a row with its reason. UserError for a size, section, type or
/// number that cannot be, and for a filter that matches nothing.
int execute(const BenchOptions& options, const CommandContext& context);

}  // namespace lidit
