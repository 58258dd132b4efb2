#include "harness/commands/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "ablations/spec_file.h"
#include "harness/device.h"
#include "harness/drawn_probe.h"
#include "harness/exit_code.h"
#include "harness/probed_encoder.h"
#include "harness/settings.h"
#include "harness/spec_files.h"
#include "harness/trained_cell.h"
#include "metrics/prompts/compbench_prompts.h"
#include "metrics/prompts/prompt_set.h"
#include "results/errors.h"
#include "results/files.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultSpec = "positional_bias";
constexpr std::size_t kNeutralPrompts = 256;

fs::path compbench_folder(const Home& home) {
  return benchmarks::prompt_data(home.source) / "t2i-compbench";
}

/// Captions without attributes to bind and without lists: what "usual" states are.
std::vector<std::string> neutral_prompts(const Home& home) {
  std::vector<std::string> prompts =
      benchmarks::load_compbench(compbench_folder(home), "non_spatial", "train");
  prompts.resize(std::min(prompts.size(), kNeutralPrompts));
  return prompts;
}

probes::Material material_of(const ProbeOptions& options, std::int64_t default_sets,
                             const Home& home) {
  return probes::load_material(
      benchmarks::prompt_data(home.source),
      {.sets = options.sets.value_or(default_sets),
       .pairs = options.pairs,
       .listing = options.commas ? probes::Listing::commas_only : probes::Listing::and_before_last,
       .seed = options.seed});
}

ProbeRow row_of(std::string label, Fields asked, const Home& home) {
  return {std::move(label), resolve(with_probe_defaults(std::move(asked)), home.root), {}};
}

/// The first seed of every row of a spec that reads words.
void add_spec_rows(const std::string& name, const ProbeOptions& options,
                   const CommandContext& context, std::vector<ProbeRow>& rows) {
  std::set<std::string> seen;
  for (const ExperimentSpec& cell : open_spec(name, context.home, options.overrides).cells) {
    if (!seen.insert(cell.row).second) continue;
    const auto strategy = get<std::string>(cell.settings, "strategy");
    if (!cell.skip_reason.empty() || !reads_words(strategy)) {
      context.talk << fmt::format(
          "{}: not probed, {}\n", cell.row,
          cell.skip_reason.empty() ? "it reads no words" : cell.skip_reason);
      continue;
    }
    Fields asked = cell.settings;
    asked["seed"] = cell.seed;
    rows.push_back(row_of(cell.row, std::move(asked), context.home));
  }
}

/// A row for each model, or for the strategy's own.
void add_model_rows(const ProbeOptions& options, const Home& home, std::vector<ProbeRow>& rows) {
  Fields asked = {{"strategy", options.strategy.empty() ? "raw-llm" : options.strategy}};
  for (const std::string& text : options.overrides) {
    const Override change = parse_override(text, experiment_schema());
    asked[change.key] = change.value;
  }
  const auto strategy = get<std::string>(asked, "strategy");
  if (!reads_words(strategy)) throw UserError("probe: " + strategy + " reads no words");
  if (options.models.empty()) rows.push_back(row_of(strategy, asked, home));
  for (const std::string& model : options.models) {
    const std::string name =
        fs::exists(model) ? fs::absolute(model).lexically_normal().filename().string() : model;
    asked["encoder.model"] = model;
    rows.push_back(
        row_of(strategy == "raw-llm" ? name : fmt::format("{}, {}", name, strategy), asked, home));
  }
}

std::string trained_label(const TrainedCell& cell) { return cell.record.name + ", trained"; }

std::vector<ProbeRow> probed_rows(const ProbeOptions& options,
                                  const std::vector<TrainedCell>& trained,
                                  const CommandContext& context) {
  const bool own = !options.models.empty() || !options.strategy.empty();
  if (own && !options.spec.empty())
    throw UserError("probe: take either a spec or --model and --strategy");
  std::vector<ProbeRow> rows;
  if (own)
    add_model_rows(options, context.home, rows);
  else if (!options.spec.empty() || options.records.empty())
    add_spec_rows(options.spec.empty() ? kDefaultSpec : options.spec, options, context, rows);
  else if (!options.overrides.empty())
    throw UserError(
        "probe: --set changes nothing of a record, whose settings are those of its run");
  for (const TrainedCell& cell : trained)
    rows.push_back({trained_label(cell), cell.record.asked, cell.weights});
  if (rows.empty()) throw UserError("probe: " + options.spec + " has no row that reads words");
  return rows;
}

/// Everything that any of the probes encodes, each text once.
std::string all_texts(const std::vector<probes::ProbeEntry>& chosen,
                      const probes::Material& material, const Home& home) {
  std::set<std::string> seen;
  std::string lines;
  const auto add = [&](const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
      if (seen.insert(text).second) lines += text + "\n";
  };
  add(neutral_prompts(home));
  for (const probes::ProbeEntry& entry : chosen) add(entry.make(material)->plan().prompts());
  return lines;
}

/// Runs every probe on every encoder.
probes::ProbeReport probe_states(const std::vector<ProbeRow>& rows,
                                 const std::vector<probes::ProbeEntry>& chosen,
                                 const probes::Material& material, const ProbeOptions& options,
                                 const Device& device, const CommandContext& context) {
  std::vector<OpenedEncoder> encoders =
      open_probed_encoders(rows, neutral_prompts(context.home), context.home.root, device.device);
  std::vector<probes::Subject> subjects;
  for (const OpenedEncoder& encoder : encoders) subjects.push_back(encoder.subject);
  std::vector<std::vector<probes::ProbeMeasures>> measures(encoders.size());
  for (const probes::ProbeEntry& entry : chosen) {
    const std::unique_ptr<probes::Probe> probe = entry.make(material);
    Progress progress(context.talk, context.progress, fmt::format("{} {}", entry.name, entry.title),
                      std::ssize(probe->plan().prompts()));
    const std::vector<probes::MeanStates> states =
        probes::mean_states(probe->plan(), subjects, [&](std::int64_t prompts) {
          progress.update(prompts, fmt::format("prompts, {} encoders", subjects.size()));
        });
    progress.finish();
    for (std::size_t i = 0; i < encoders.size(); ++i)
      measures[i].push_back({entry, probes::measures_of(*probe, states[i], subjects[i])});
  }
  probes::ProbeReport report{.options = material.options, .probes = chosen, .encoders = {}};
  for (std::size_t i = 0; i < encoders.size(); ++i) {
    probes::ProbedEncoder& encoder = report.encoders.emplace_back(encoders[i].description);
    encoder.estimates = probes::infer(measures[i], options.pairs, options.seed);
  }
  return report;
}

/// The world that all cells were trained in.
scenes::World shared_world(const std::vector<TrainedCell>& cells) {
  scenes::World world = world_of(cells.front());
  for (const TrainedCell& cell : cells) {
    const scenes::World other = world_of(cell);
    if (other.describe_tests() != world.describe_tests())
      throw UserError(
          fmt::format("probe: {} drew in another world ({}) than {} ({}); take cells "
                      "of one world at a time",
                      cell.record.name, other.describe_tests(), cells.front().record.name,
                      world.describe_tests()));
  }
  return world;
}

/// Runs every probe of images on every trained cell.
probes::DrawnReport probe_images(const std::vector<TrainedCell>& cells, const scenes::World& world,
                                 const std::vector<probes::DrawnProbe>& chosen,
                                 const ProbeOptions& options, const Device& device,
                                 const CommandContext& context) {
  const std::int64_t sets = options.sets.value_or(kProbedSets),
                     images = options.images.value_or(kProbedImages);
  const std::vector<probes::DrawnPlan> plans = probes::plan_drawn_sets(
      world, sets, std::ranges::any_of(chosen, &probes::DrawnProbe::needs_ablations));
  std::int64_t total = 0;
  for (const probes::DrawnPlan& plan : plans) total += std::ssize(plan.texts) * images;
  probes::DrawnReport report{.world = world.describe_tests(),
                             .sets = sets,
                             .slots = probes::drawn_slots(world),
                             .images = images,
                             .seed = options.seed,
                             .floor = probes::bag_floor(world, sets),
                             .probes = chosen,
                             .cells = {}};
  for (const TrainedCell& cell : cells) {
    Progress progress(context.talk, context.progress, fmt::format("drawing, {}", cell.record.name),
                      total);
    const std::vector<probes::DrawnSet> found =
        draw_probe_sets(cell, plans, {.images = images, .seed = options.seed}, context.home.root,
                        device.device, [&](std::int64_t done) { progress.update(done, "images"); });
    progress.finish();
    std::vector<probes::ProbeMeasures> measures;
    for (const probes::DrawnProbe& probe : chosen) measures.push_back({probe, probe.score(found)});
    report.cells.push_back({.label = trained_label(cell),
                            .estimates = probes::infer(measures, report.slots, options.seed),
                            .mcnemar_p = probes::mcnemar_of_order(found)});
  }
  return report;
}

/// What images are asked of, or a reason why they cannot be.
std::vector<probes::DrawnProbe> chosen_drawn_probes(const ProbeOptions& options) {
  const std::vector<probes::DrawnProbe> chosen =
      probes::find_drawn_probes(options.probes, options.images.has_value());
  if (options.images && chosen.empty())
    throw UserError(
        fmt::format("probe: {} has no twin on images; P2, P3 and P4 have", options.probes));
  if (!chosen.empty() && options.records.empty())
    throw UserError("probe: only trained cells draw images; name one by --record");
  return chosen;
}

template <class Report>
void print_report(const Report& report, std::ostream& out) {
  out << report.summary() << "\n";
  for (const Table& table : report.tables()) out << "\n" << print(table, TableFormat::terminal);
}

}  // namespace

int execute(const ProbeOptions& options, const CommandContext& context) {
  const std::vector<probes::ProbeEntry> chosen = probes::find_probes(options.probes);
  if (!options.write_prompts.empty()) {
    const probes::Material material = material_of(options, probes::SetOptions().sets, context.home);
    write_file(options.write_prompts,
               probes::to_json_lines(material.sets, material.categories, material.options));
    context.talk << fmt::format("{} prompts: {}\n", material.sets.size() * options.pairs,
                                options.write_prompts);
    return exit_done;
  }
  const probes::Material material = material_of(options, kProbedSets, context.home);
  if (!options.write_texts.empty()) {
    write_file(options.write_texts, all_texts(chosen, material, context.home));
    return exit_done;
  }
  const std::vector<probes::DrawnProbe> drawn = chosen_drawn_probes(options);
  std::vector<TrainedCell> cells;
  for (const std::string& record : options.records)
    cells.push_back(find_trained_cell(record, "probe", context.home));
  std::optional<scenes::World> world;
  if (!drawn.empty()) world.emplace(shared_world(cells));
  std::vector<ProbeRow> rows;
  if (!chosen.empty()) rows = probed_rows(options, cells, context);
  const fs::path folder =
      options.out.empty() ? context.home.root / "probes" : fs::path(options.out);
  make_folder(folder);
  const Device device = open_device(options.device);
  std::optional<probes::ProbeReport> states;
  std::optional<probes::DrawnReport> images;
  if (!chosen.empty()) {
    states = probe_states(rows, chosen, material, options, device, context);
    print_report(*states, context.out);
  }
  if (!drawn.empty()) {
    images = probe_images(cells, *world, drawn, options, device, context);
    context.out << (states ? "\n" : "");
    print_report(*images, context.out);
  }
  probes::write_report(states ? &*states : nullptr, images ? &*images : nullptr, folder);
  context.talk << "figures and numbers " << (folder / "index.html").string() << std::endl;
  return exit_done;
}

}  // namespace lidit
