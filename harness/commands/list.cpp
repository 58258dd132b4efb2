#include "harness/commands/list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string_view>
#include <vector>

#include "ablations/ablation_spec.h"
#include "encoders/llm/family_table.h"
#include "encoders/model_lock.h"
#include "encoders/strategy_table.h"
#include "harness/commands/list_counts.h"
#include "harness/commands/score.h"
#include "harness/exit_code.h"
#include "harness/settings.h"
#include "harness/spec_files.h"
#include "metrics/alignment/benchmark.h"
#include "metrics/probes/probe.h"
#include "metrics/prompts/prompt_set.h"
#include "metrics/scenes/world.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

void list_strategies(const CommandContext& context) {
  for (const StrategyEntry& entry : strategy_table()) {
    context.out << fmt::format("{:<24}{}\n", entry.name, entry.summary);
  }
}

void list_models(const CommandContext& context) {
  for (const LockedModel& model : model_lock()) {
    const bool here = std::filesystem::exists(context.home.models() / model.name);
    context.out << fmt::format("{:<24}{:<10}{:<12}{}\n", model.name, here ? "here" : "-",
                               model.licence, model.title);
  }
  context.out << "\nA folder in the way of Hugging Face or a GGUF file works too. Families:\n";
  for (const Family& family : family_table()) {
    context.out << fmt::format("{:<24}{}\n", family.name, family.summary);
  }
}

std::string short_count(std::int64_t count) {
  const auto value = static_cast<double>(count);
  return value < 1e8 ? fmt::format("{:.3f}e6", value * 1e-6)
                     : fmt::format("{:.3f}e9", value * 1e-9);
}

void list_sizes(const CommandContext& context) {
  const auto row = [&](std::string_view size, std::string_view part, std::int64_t count) {
    context.out << fmt::format("{:<12}{:<44}{:>14}  {:>9}\n", size, part, count,
                               short_count(count));
  };
  StrategySettings paper{.encoders = std::vector<EncoderPart>(2), .refiner = {}, .fusion = {}};
  paper.refiner.depth = 2;
  paper.fusion.blocks = 1;
  for (const BackboneSize& size : backbone_sizes()) {
    const ParameterCounts counts = parameter_counts(size.options());
    row(size.name, fmt::format("{} blocks of width {}", size.depth, size.width), counts.blocks);
    row(size.name, "embedders (patches, time, positions)", counts.embedders);
    row(size.name, "convolutional position block", counts.position_block);
    row(size.name, "final layer", counts.final_layer);
    row(size.name, "backbone, without text projections", counts.total());
    const BackboneShape shape{.width = size.width, .depth = size.depth, .heads = size.heads};
    for (const PartCount& part :
         parameter_counts(paper, {kPaperEncoderWidth, kPaperEncoderWidth}, shape)) {
      row(size.name, "+ " + part.part, part.parameters);
    }
  }
  context.out
      << "\n+ rows: the paper's two language models of width 4096, linguistic token refiner\n"
         "with 2 blocks on each, collaborative refiner with 1.\n";
}

void list_specs(const CommandContext& context) {
  for (const std::string& name : spec_names(context.home)) {
    const AblationSpec spec = open_spec(name, context.home);
    context.out << fmt::format("{:<24}{:>4} cells  {}\n", name, spec.cells.size(), spec.title);
  }
}

void list_presets(const CommandContext& context) {
  for (const scenes::Preset& preset : scenes::presets()) {
    context.out << fmt::format("{:<12}{}\n", preset.name, preset.summary);
    const scenes::World world({.preset = std::string(preset.name)});
    for (const scenes::Split& split : world.splits()) {
      context.out << fmt::format("  {:<24}{}\n", split.name, split.summary);
    }
  }
}

void list_settings(const CommandContext& context) {
  for (const KeySpec& key : experiment_schema().keys()) {
    const std::string otherwise =
        key.default_value ? ", default " + to_text(*key.default_value) : "";
    context.out << fmt::format("{:<28}{} ({}{})\n", key.name, key.doc, describe(key), otherwise);
  }
}

void list_prompts(const CommandContext& context) {
  const auto data = benchmarks::prompt_data(context.home.source);
  for (const benchmarks::PromptSetEntry& entry : benchmarks::prompt_set_table()) {
    const auto prompts = benchmarks::load_prompt_set(entry, data);
    std::map<std::string, std::int64_t> categories;
    for (const benchmarks::BenchmarkPrompt& prompt : prompts) ++categories[prompt.category];
    context.out << fmt::format("{:<24}{:>5}  {:<12}{}\n", entry.name, prompts.size(), entry.licence,
                               entry.summary);
    for (const auto& [category, count] : categories)
      context.out << fmt::format("  {:<27}{:>5}\n", category, count);
  }
}

void list_benchmarks(const CommandContext& context) {
  for (const benchmarks::Benchmark& benchmark : benchmarks::benchmark_table()) {
    context.out << fmt::format("{:<16}{}\n  prompts  {}\n  judge    {}\n", benchmark.name,
                               benchmark.summary, benchmark.prompts, benchmark.judge);
    for (const benchmarks::Switch& entry : benchmark.switches())
      context.out << fmt::format("  legacy   {}={}: {}\n", entry.name,
                                 fmt::join(entry.choices, "|"), entry.summary);
    for (const benchmarks::SwitchPreset& preset : benchmark.presets()) {
      context.out << fmt::format("  legacy   {}:", preset.name);
      for (const auto& [name, value] : preset.values)
        context.out << fmt::format(" {}={}", name, value);
      context.out << "\n";
    }
  }
  for (const OwnScore& own : own_scores())
    context.out << fmt::format("{:<16}{}\n  prompts  {}\n  judge    {}\n", own.name, own.summary,
                               own.prompts, own.judge);
}

void list_probes(const CommandContext& context) {
  const auto print = [&](const probes::ProbeLabel& probe) {
    context.out << fmt::format("{:<11}{:<24}{}\n", probe.name, probe.title, probe.question);
  };
  for (const probes::ProbeEntry& probe : probes::probe_table()) print(probe);
  for (const probes::DrawnProbe& probe : probes::drawn_probe_table()) print(probe);
}

struct Listing {
  std::string_view name, summary;
  void (*print)(const CommandContext&);
};

constexpr Listing kListings[] = {
    {"strategies", "how prompts become what the backbone reads", list_strategies},
    {"models", "language models that can be fetched, and the families that are known", list_models},
    {"sizes", "backbones and their parameters, part by part", list_sizes},
    {"specs", "experiments that come with the program", list_specs},
    {"settings", "what a spec and --set can set", list_settings},
    {"prompts", "prompt sets of others, with their counts", list_prompts},
    {"benchmarks", "what 'lidit score' scores, from which files, by which rules", list_benchmarks},
    {"probes", "what 'lidit probe' asks of states and of images", list_probes},
    {"presets", "sizes of the drawn world, and its splits", list_presets},
};

}  // namespace

int execute(const ListOptions& options, const CommandContext& context) {
  if (options.counts) {
    if (options.what != "strategies")
      throw UserError("list: --counts belongs to 'lidit list strategies'");
    context.out << describe_counts();
    return exit_done;
  }
  std::vector<std::string> names;
  for (const Listing& listing : kListings) {
    names.emplace_back(listing.name);
    if (listing.name != options.what) continue;
    listing.print(context);
    return exit_done;
  }
  if (!options.what.empty()) throw UserError("list: " + unknown_name("list", options.what, names));
  for (const Listing& listing : kListings) {
    context.out << fmt::format("{:<24}{}\n", listing.name, listing.summary);
  }
  return exit_done;
}

}  // namespace lidit
