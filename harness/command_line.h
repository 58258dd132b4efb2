// The words after `lidit`, turned into the options of one command. It and command_line_options are
// the only users of CLI11.
#pragma once
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "harness/commands/bench.h"
#include "harness/commands/compare.h"
#include "harness/commands/doctor.h"
#include "harness/commands/encode.h"
#include "harness/commands/layout.h"
#include "harness/commands/list.h"
#include "harness/commands/models_inspect.h"
#include "harness/commands/probe.h"
#include "harness/commands/quickstart.h"
#include "harness/commands/run.h"
#include "harness/commands/score.h"
#include "harness/commands/sweep.h"
#include "harness/commands/table.h"
#include "harness/commands/tokenize.h"
#include "harness/commands/try.h"
#include "harness/commands/worker.h"
#include "harness/commands/world_export.h"

namespace lidit {

/// Text for standard output, asked for by --help or --version.
struct HelpRequest {
  std::string text;
};

using Invocation =
    std::variant<HelpRequest, QuickstartOptions, ListOptions, ModelsInspectOptions, TokenizeOptions,
                 EncodeOptions, ProbeOptions, RunOptions, ScoreOptions, LayoutOptions,
                 CompareOptions, SweepCommandOptions, TableOptions, BenchOptions, TryOptions,
                 WorldExportOptions, DoctorOptions, WorkerOptions>;

/// Throws UserError with one sentence: what was not understood, where, what is near.
Invocation parse_command_line(const std::vector<std::string>& arguments);

/// What is shown when nothing is asked.
std::string program_help();

/// One line per command with all its options: "tokenize --model --no-special --prompts".
std::vector<std::string> command_line_inventory();

}  // namespace lidit
