#include "harness/commands/quickstart.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "encoders/strategies/settings.h"
#include "harness/device.h"
#include "harness/encoder_throughput.h"
#include "harness/exit_code.h"
#include "harness/report/comparison_table.h"
#include "harness/report/spec_page.h"
#include "harness/settings.h"
#include "harness/spec_files.h"
#include "harness/sweep.h"
#include "harness/terminal/progress.h"
#include "metrics/scenes/rgb.h"
#include "results/files.h"
#include "results/png.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEncodeAtOnce = 256;  // prompts between two lines of progress
constexpr std::size_t kThroughputPrompts = 128;
constexpr int kPictureScale = 16;
const std::string kShownSplit = "structures", kPositionSplit = "position-structures";

void show_target(const WorldData& data, const CommandContext& context) {
  const scenes::Example& example = data.split(kShownSplit).examples.front();
  const scenes::Image image = data.world.draw(example.scene);
  const fs::path file = context.home.root / "reports" / "target.png";
  write_png(file, scenes::to_rgb(image, kPictureScale));
  context.out
      << "The task: a prompt like this one, in a sentence structure never trained on,\n\n  \""
      << example.caption.text << "\"\n\nmust become this picture ("
      << scenes::in_words(data.world.preset(), example.scene.objects) << "):\n\n";
  if (context.colour) context.out << scenes::ansi_blocks(image) << "\n";
  context.out
      << "  " << file.string() << "\n\n"
      << "Pictures are drawn by the program and read back exactly, so no judge is needed.\n\n"
      << std::flush;
}

/// The encoders of all cells, each once.
std::vector<EncoderSettings> distinct_encoders(std::span<const PlannedCell> cells) {
  std::map<std::string, EncoderSettings> found;
  for (const PlannedCell& cell : cells) {
    const auto strategy = get<std::string>(cell.resolved, "strategy");
    if (is_untrained(strategy) || strategy == kSceneTokens) continue;
    for (const EncoderPart& part : parse_strategy_settings(cell.resolved).encoders) {
      const EncoderSettings& source = part.source;
      found.emplace(source.model + "/" + to_json(feature_fields(source)), source);
    }
  }
  std::vector<EncoderSettings> encoders;
  for (auto& [key, settings] : found) encoders.push_back(std::move(settings));
  return encoders;
}

/// Fills the feature store, with all cores, before cells with one core each need it. Prompts that
/// begin alike come one after the other, so that their beginning is computed once.
void encode_prompts(const EncoderSettings& settings, std::vector<Prompt> prompts,
                    c10::Device device, const CommandContext& context) {
  std::ranges::sort(prompts, {}, &Prompt::text);
  const auto encoder = open_encoder(settings, context.home.root, device);
  Progress progress(context.talk, context.progress,
                    fmt::format("reading captions: {}{}", settings.model,
                                settings.instruction.empty() ? "" : ", with instruction"),
                    static_cast<std::int64_t>(prompts.size()));
  for (std::size_t begin = 0; begin < prompts.size(); begin += kEncodeAtOnce) {
    const std::size_t count = std::min(kEncodeAtOnce, prompts.size() - begin);
    encoder->encode(std::span(prompts).subspan(begin, count));
    progress.update(static_cast<std::int64_t>(begin + count));
  }
  progress.finish();
}

void print_tables(const AblationSpec& spec, const SpecResults& results,
                  std::span<const Table> tables, const CommandContext& context) {
  const auto show = [&](const char* letter, const Table& table, const char* explanation) {
    context.out << "\n(" << letter << ") " << explanation << "\n\n"
                << print(table, TableFormat::terminal);
  };
  show("a", comparison_table(spec, results),
       "Objects that are wholly right (shape, colour, place): the floor knows all words of the\n"
       "    prompt but not which belong together; the ceiling is told every object exactly.");
  show("b", tables[0],
       "The same for prompts with three objects, by the place of the object in the prompt:\n"
       "    a fall from left to right is a positional bias.");
  show("c", tables[1],
       "What reading prompts costs: the language models are frozen, so each prompt\n"
       "    is read once and stored.");
  context.out << "\n(d) Failures of the strongest strategies.\n";
  for (const std::vector<Cell>& failure : tables[2].rows) {
    context.out << "\n  " << failure[0].text << "\n";
    for (std::size_t i = 1; i < failure.size(); ++i)
      context.out << fmt::format("    {:<7} {}\n", tables[2].columns[i].title, failure[i].text);
  }
}

void say_what_next(const AblationSpec& spec, const SpecResults& results, const fs::path& page,
                   const CommandContext& context) {
  context.out << fmt::format("\nDemonstration: {} seeds, no claim.\n\n", spec.seeds.size())
              << "Images and learning curves: " << page.string() << "\n";
  const std::vector<const RowResults*> strongest = strongest_rows(results, kShownSplit);
  if (!strongest.empty())
    context.out << fmt::format(
        "Your own prompt:            ./lidit try {} \"a red circle in the top left\"\n",
        strongest.front()->records.front().fingerprint.substr(0, 8));
  context.out << "More:                       ./lidit list, ./lidit --help\n";
}

}  // namespace

int execute(const QuickstartOptions& options, const CommandContext& context) {
  const AblationSpec spec =
      load_spec(find_spec("quickstart", context.home), experiment_schema(), options.overrides);
  const std::vector<PlannedCell> cells = make_cells(spec.cells, context.home);
  const WorldData data = make_world_data(parse_settings(cells.front().resolved).world);
  make_folder(context.home.root / "reports");
  show_target(data, context);

  const Device device = open_device(options.device);
  const std::vector<EncoderSettings> encoders = distinct_encoders(cells);
  std::vector<Record> throughput;
  const std::span<const Prompt> measured =
      std::span(data.prompts).first(std::min(kThroughputPrompts, data.prompts.size()));
  for (const EncoderSettings& encoder : encoders) {
    encode_prompts(encoder, data.prompts, device.device, context);
    throughput.push_back(measure_encoder(encoder, measured, context.home, device.device));
  }
  const int code = conclude(run_cells(cells, {.device = options.device}, context), context);
  if (code == exit_interrupted) return code;

  const SpecResults results = collect_results(spec, context.home);
  const std::vector<Table> tables = {position_table(results, kPositionSplit),
                                     throughput_table(throughput),
                                     failure_table(results, kShownSplit, 3)};
  const fs::path page = context.home.root / "reports" / "quickstart.html";
  write_file(page, spec_page(spec, results, tables));
  print_tables(spec, results, tables, context);
  say_what_next(spec, results, page, context);
  return code;
}

}  // namespace lidit
