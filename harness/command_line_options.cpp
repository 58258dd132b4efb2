#include "harness/command_line_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "encoders/text/tiktoken_file.h"
#include "metrics/probes/sets/latin_square.h"

namespace lidit {
namespace {

// What several commands declare alike.

/// Refuses everything but whole numbers of at least `least`.
CLI::Validator whole_number(std::int64_t least) {
  return CLI::Validator(
      [least](const std::string& text) {
        std::int64_t value = 0;
        const bool whole = CLI::detail::lexical_cast(text, value);
        return whole && value >= least
                   ? std::string()
                   : fmt::format("'{}' is no whole number of at least {}", text, least);
      },
      "");
}

void declare_device(CLI::App& command, std::string& device) {
  command.add_option("--device", device, "auto, cpu or cuda")->capture_default_str();
}

/// --set KEY=VALUE, again and again.
void declare_overrides(CLI::App& command, std::vector<std::string>& overrides,
                       const char* summary) {
  command.add_option("--set", overrides, summary)->allow_extra_args(false)->type_name("KEY=VALUE");
}

void declare_spec_overrides(CLI::App& command, std::vector<std::string>& overrides) {
  declare_overrides(command, overrides,
                    "a setting other than the spec's, or 'seeds=[0, 1]'; may be repeated");
}

void declare_prompts(CLI::App& command, std::string& prompts) {
  command.add_option("--prompts", prompts, "a file with one prompt a line, - for standard input")
      ->required();
}

void declare_spec(CLI::App& command, std::string& spec) {
  command.add_option("SPEC", spec, "a name of 'lidit list specs', or a TOML file")->required();
}

void declare_filter(CLI::App& command, std::string& filter) {
  command.add_option(
      "--filter", filter,
      "cells to take: terms with commas, each a key=value, seed=N or a row with * and ?");
}

/// Which prompts of which benchmark: what scoring and laying out have in common.
template <class Options>
void declare_benchmark(CLI::App& command, Options& options) {
  command.add_option("--benchmark", options.benchmark, "a name of 'lidit list benchmarks'")
      ->required();
  command.add_option("--prompts", options.prompts,
                     "the benchmark's prompt file, where it is not the published one");
  command
      .add_option("--legacy", options.legacy,
                  "an older version of the rules: its name, or SWITCH=VALUE; may be repeated")
      ->allow_extra_args(false)
      ->type_name("RULE");
  command.add_option("--category", options.categories, "a category to take; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NAME");
}

/// Names or numbers with commas between them, or the option several times.
template <class T>
void declare_list(CLI::App& command, const char* option, std::vector<T>& values,
                  const char* summary) {
  command.add_option(option, values, summary)->delimiter(',')->allow_extra_args(false);
}

void declare_probed(CLI::App& command, ProbeOptions& options) {
  command.add_option(
      "SPEC", options.spec,
      "whose rows to probe, untrained: a name of 'lidit list specs', or a TOML file");
  command
      .add_option("--model", options.models, "instead of a spec: a name or a path; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--strategy", options.strategy,
                     "of these models: a name of 'lidit list strategies'; by default raw-llm");
  declare_overrides(command, options.overrides, "a setting of every row; may be repeated");
  command
      .add_option(
          "--record", options.records,
          "a trained cell, beside the others: a record's folder, or the first digits of its "
          "name; may be repeated")
      ->allow_extra_args(false);
}

}  // namespace

void declare(CLI::App& command, QuickstartOptions& options) {
  declare_spec_overrides(command, options.overrides);
  declare_device(command, options.device);
}

void declare(CLI::App& command, ListOptions& options) {
  command.add_option("WHAT", options.what, "which list; without it, the lists there are");
  command.add_flag("--counts", options.counts,
                   "of strategies: trained parameters, also of every variant");
}

void declare(CLI::App& command, ModelsInspectOptions& options) {
  command
      .add_option("MODEL", options.model, "a name of 'lidit list models', a GGUF file or a folder")
      ->required();
}

void declare(CLI::App& command, TokenizeOptions& options) {
  command.add_option("--model", options.model, "whose tokenizer: a name or a path");
  command.add_option("--tokenizer", options.tokenizer,
                     "a tokenizer.json, *.model, *.tiktoken, CLIP's *.txt.gz, a GGUF file or a "
                     "folder with one of them");
  command.add_option("--encoding", options.encoding,
                     "what a tiktoken file belongs to: " + tiktoken_encodings());
  declare_prompts(command, options.prompts);
  command.add_flag("!--no-special", options.special, "without the tokens that the tokenizer adds");
}

void declare(CLI::App& command, EncodeOptions& options) {
  command.add_option("--model", options.model, "a name or a path; by default the strategy's own");
  command.add_option("--strategy", options.strategy, "a name of 'lidit list strategies'")
      ->capture_default_str();
  declare_overrides(command, options.overrides,
                    "a setting of the encoder other than the strategy's; may be repeated");
  declare_prompts(command, options.prompts);
  command.add_option("--out", options.out, "the safetensors file to write")->required();
  declare_device(command, options.device);
}

void declare(CLI::App& command, ProbeOptions& options) {
  declare_probed(command, options);
  command.add_option("--probes", options.probes,
                     "names of 'lidit list probes' with commas; by default all of states");
  command
      .add_option("--images", options.images,
                  fmt::format("P2 to P4 on images too: how many each --record draws of every "
                              "caption; {} where a probe of images is named by --probes",
                              kProbedImages))
      ->check(whole_number(1));
  command
      .add_option("--sets", options.sets,
                  fmt::format("sets of rotated prompts; by default {}, and {} for --write-prompts",
                              kProbedSets, probes::SetOptions().sets))
      ->check(whole_number(1));
  command.add_option("--pairs", options.pairs, "adjectives with their nouns in a prompt")
      ->check(whole_number(1))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "of the sets")
      ->check(whole_number(0))
      ->capture_default_str();
  command.add_flag("--commas", options.commas, "no 'and' before the last pair");
  command.add_option("--out", options.out,
                     "a folder for figures and numbers; by default in LIDIT_HOME");
  command.add_option("--write-prompts", options.write_prompts,
                     "write the sets of prompts as JSON Lines, and probe nothing");
  command.add_option("--write-texts", options.write_texts,
                     "write all texts that the probes encode, one a line, for features from "
                     "elsewhere, and probe nothing");
  declare_device(command, options.device);
}

void declare(CLI::App& command, RunOptions& options) {
  declare_spec(command, options.spec);
  declare_filter(command, options.filter);
  declare_spec_overrides(command, options.overrides);
  command.add_flag("--force", options.force, "run although the record exists, and replace it");
  command.add_flag("--dry-run", options.dry_run, "print the resolved settings and run nothing");
  declare_device(command, options.device);
}

void declare(CLI::App& command, LayoutOptions& options) {
  declare_benchmark(command, options);
  command.add_option("--out", options.out, "the folder to write")->required();
  command.add_option("--images", options.images,
                     "a folder with captions.jsonl and PNG images; without it the plan is written");
  command.add_option("--seed", options.seed, "from which the plan's seeds follow")
      ->check(whole_number(0))
      ->capture_default_str();
  command
      .add_option("--seeds", options.seeds,
                  "per-prompt, or shared: image k of every prompt has the same")
      ->capture_default_str();
  command.add_option("--model-hash", options.model_hash, "for the manifest: what drew the images");
  command.add_option("--sampler", options.sampler, "for the manifest: how");
  command.add_flag("--rewritten", options.rewritten,
                   "for the manifest: the prompts were rewritten before they were drawn");
}

void declare(CLI::App& command, ScoreOptions& options) {
  declare_benchmark(command, options);
  command.add_option("--images", options.images, "a folder in the layout of the benchmark")
      ->required();
  command
      .add_option("--judge", options.judges,
                  "what the benchmark's judge said of these images; of human raters, a file each")
      ->allow_extra_args(false)
      ->type_name("FILE");
  command
      .add_option("--audit", options.audit,
                  "what people say of some of the judge's verdicts: corrects the overall score")
      ->type_name("FILE");
  command.add_option("--clip", options.clip, "for clipscore: a CLIP model's name or folder");
  command.add_flag("--allow-missing", options.allow_missing,
                   "score an incomplete set, and say so beside the score");
  command.add_option("--name", options.name, "what the system is called; by default its folder");
  command.add_option("--format", options.format, "text, md, latex, csv or html")
      ->capture_default_str();
}

void declare(CLI::App& command, CompareOptions& options) {
  command.add_option("FIRST", options.first, "a folder of images with captions.jsonl")->required();
  command.add_option("SECOND", options.second, "another one with the same captions")->required();
  command.add_option("--out", options.out, "the folder to write: a page, its images, and a key")
      ->required();
  command.add_option("--question", options.question, "what raters are asked")
      ->capture_default_str();
  command.add_option("--count", options.count, "how many prompts to draw; by default all")
      ->check(whole_number(1));
  command.add_option("--seed", options.seed, "of order, sides and names")
      ->check(whole_number(0))
      ->capture_default_str();
}

void declare(CLI::App& command, SweepCommandOptions& options) {
  declare_spec(command, options.spec);
  declare_filter(command, options.filter);
  declare_spec_overrides(command, options.overrides);
  command.add_option("--jobs", options.jobs, "cells at a time; by default one per core")
      ->check(whole_number(1));
  command.add_flag("--dry-run", options.dry_run, "print the cells and run nothing");
  declare_device(command, options.device);
}

void declare(CLI::App& command, TableOptions& options) {
  declare_spec(command, options.spec);
  declare_spec_overrides(command, options.overrides);
  command.add_option("--format", options.format, "text, md, latex, csv or html")
      ->capture_default_str();
  command.add_flag("--without-timings", options.without_timings,
                   "leave out columns of seconds and rates: equal records, equal bytes");
  command.add_option("--against", options.against,
                     "compare every row with a row of the spec, OTHER-SPEC:ROW or a record");
  command.add_option("--ranks", options.ranks,
                     "compare the order of the rows with that in another spec");
  command.add_option("--figures", options.figures,
                     "a folder for the spec's figures, one SVG file each");
}

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
  command.add_flag(
      "--extrapolate", options.extrapolate,
      "measure 1 and 3 blocks of what does not fit or, above 0.5B, takes long, and mark it");
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
  declare_device(command, options.device);
}

void declare(CLI::App& command, TryOptions& options) {
  command
      .add_option("RECORD", options.record,
                  "a record's folder, or the first digits of its name as 'lidit sweep' prints it")
      ->required();
  command.add_option("PROMPT", options.prompt, "what to draw")->required();
  command.add_option("--images", options.images, "how many pictures")
      ->check(whole_number(1))
      ->capture_default_str();
  command.add_option("--out", options.out, "a folder for the pictures; by default in LIDIT_HOME");
  declare_device(command, options.device);
}

void declare(CLI::App& command, WorldExportOptions& options) {
  command.add_option("--preset", options.preset, "a name of 'lidit list presets'")
      ->capture_default_str();
  command.add_option("--split", options.split, "which split of it")->required();
  command.add_option("--count", options.count, "how many examples; by default all of train")
      ->check(whole_number(1));
  command.add_flag("--prompts-only", options.prompts_only,
                   "without the true pictures: for a model that is to draw its own");
  command.add_option("--out", options.out, "the folder to write")->required();
}

void declare(CLI::App&, DoctorOptions&) {}

void declare(CLI::App& command, WorkerOptions& options) { declare_device(command, options.device); }

}  // namespace lidit
