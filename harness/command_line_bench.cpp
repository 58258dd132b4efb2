#include "harness/command_line_bench.h"

#include <CLI/CLI.hpp>

namespace lidit {
namespace {

/// Names or numbers with commas between them, or the option several times.
template <class T>
void declare_list(CLI::App& command, const char* option, std::vector<T>& values,
                  const char* summary) {
  command.add_option(option, values, summary)->delimiter(',')->allow_extra_args(false);
}

}  // namespace

void declare(CLI::App& command, BenchOptions& options) {
  declare_list(command, "--only", options.only, "encoders, sampling, training, refiners");
  command.add_option("--filter", options.filter,
                     "a regular expression over the names of cells (see --dry-run)");
  declare_list(command, "--sizes", options.sizes, "of encoders and backbones");
  declare_list(command, "--batch", options.batches,
               "prompts or images at a time; by default what suits a size");
  declare_list(command, "--length", options.lengths, "text tokens; by default 64");
  command.add_option("--type", options.type,
                     "fp32 or bf16; by default bf16 encoders and fp32 backbones, as in runs");
  command.add_option("--noise", options.noise, "wanted half-width of a median's interval, in %")
      ->capture_default_str();
  command.add_option("--seconds", options.seconds, "at most for a cell")->capture_default_str();
  command.add_option("--threads", options.threads, "by default OMP_NUM_THREADS, or one per core");
  command.add_flag("--extrapolate", options.extrapolate,
                   "measure 1 and 3 blocks of what does not fit or takes long, and mark it");
  command.add_option("--price-per-hour", options.price_per_hour,
                     "of this machine: adds what 1,000 prompts or images cost");
  command.add_option("--format", options.format, "text, md, latex, csv or html")
      ->capture_default_str();
  command.add_option("--out", options.out,
                     "a folder for the figures; by default reports/bench in LIDIT_HOME");
  command.add_flag("--dry-run", options.dry_run,
                   "print the cells with their FLOPs, term by term, and measure nothing");
  command.add_flag("--from-records", options.from_records,
                   "tables and figures of what was measured here before");
  command.add_option("--device", options.device, "auto, cpu or cuda")->capture_default_str();
}

}  // namespace lidit
