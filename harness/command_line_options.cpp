#include "harness/command_line_options.h"

#include <fmt/format.h>

#include "metrics/probes/sets/latin_square.h"

namespace lidit {
namespace {

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

void declare_overrides(CLI::App& command, std::vector<std::string>& overrides,
                       const char* summary) {
  command.add_option("--set", overrides, summary)->allow_extra_args(false)->type_name("KEY=VALUE");
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

}  // namespace lidit
