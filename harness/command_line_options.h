// The options of every command, in the order of --help. What they mean stands in the command's
// header.
#pragma once
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

namespace CLI {
class App;
}

namespace lidit {

void declare(CLI::App& command, QuickstartOptions& options);
void declare(CLI::App& command, ListOptions& options);
void declare(CLI::App& command, ModelsInspectOptions& options);
void declare(CLI::App& command, TokenizeOptions& options);
void declare(CLI::App& command, EncodeOptions& options);
void declare(CLI::App& command, ProbeOptions& options);
void declare(CLI::App& command, RunOptions& options);
void declare(CLI::App& command, LayoutOptions& options);
void declare(CLI::App& command, ScoreOptions& options);
void declare(CLI::App& command, CompareOptions& options);
void declare(CLI::App& command, SweepCommandOptions& options);
void declare(CLI::App& command, TableOptions& options);
void declare(CLI::App& command, BenchOptions& options);
void declare(CLI::App& command, TryOptions& options);
void declare(CLI::App& command, WorldExportOptions& options);
void declare(CLI::App& command, DoctorOptions& options);
void declare(CLI::App& command, WorkerOptions& options);

}  // namespace lidit
