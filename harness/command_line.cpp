#include "harness/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "harness/command_line_options.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

// A command with its place in the tree of commands, a summary and examples.
struct Description {
  const char *name, *summary, *examples;
};

class CommandTree {
 public:
  CommandTree() {
    root_.require_subcommand(0, 1);
    root_.set_version_flag("--version", "lidit " LIDIT_VERSION);
    root_.footer(
        "Exit codes: 0 done, 1 a cell failed, 2 a mistake in what was asked, 3 the machine lacks\n"
        "something, 130 stopped by Ctrl-C. LIDIT_HOME moves the folder of models, features and "
        "records.\n"
        "More about a command: lidit COMMAND --help");
    add_commands();
  }

  Invocation parse(std::vector<std::string> arguments);
  std::string help() { return root_.help(); }
  std::vector<std::string> inventory() {
    std::vector<std::string> lines;
    take_inventory(root_, "", lines);
    return lines;
  }

 private:
  template <class Options>
  CLI::App* add(CLI::App& parent, const Description& description) {
    CLI::App* command = parent.add_subcommand(description.name, description.summary);
    command->require_subcommand(0, 1);
    command->footer(std::string("Examples:\n") + description.examples);
    const auto options = std::make_shared<Options>();
    declare(*command, *options);
    command->callback([this, options] { chosen_ = *options; });
    return command;
  }

  void add_commands();
  // A command that only has commands.
  CLI::App* group(const char* name, const char* summary) {
    CLI::App* command = root_.add_subcommand(name, summary);
    command->require_subcommand(0, 1);
    return command;
  }

  static void take_inventory(const CLI::App& app, const std::string& path,
                             std::vector<std::string>& lines);
  // The command that the arguments named, as far as they were understood.
  const CLI::App& named() const;
  static std::string path_of(const CLI::App& app);
  // UserError that begins with the command that was named.
  [[noreturn]] void refuse(const std::string& what) const;
  [[noreturn]] void explain_leftover(const std::string& word) const;

  CLI::App root_{"lidit: in which form should a language model feed a diffusion transformer?",
                 "lidit"};
  std::optional<Invocation> chosen_;
};

// Longer than other functions: a table of commands, most of it their summaries and examples.
void CommandTree::add_commands() {
  add<QuickstartOptions>(root_,
                         {"quickstart", "the main job on real language models, in ten minutes",
                          "  lidit quickstart\n"
                          "  lidit quickstart --set train.steps=1000"});
  add<ListOptions>(root_, {"list", "what there is to choose from",
                           "  lidit list\n  lidit list strategies --counts\n  lidit list sizes"});
  CLI::App* models = group("models", "language models and their files");
  add<ModelsInspectOptions>(*models, {"inspect", "what the files of a model say of it",
                                      "  lidit models inspect smollm2-135m-instruct\n"
                                      "  lidit models inspect path/to/model.gguf"});
  add<TokenizeOptions>(root_, {"tokenize", "token ids of prompts, one JSON array a line",
                               "  lidit tokenize --model all-minilm-l6-v2 --prompts prompts.txt\n"
                               "  echo 'a red circle' | lidit tokenize --tokenizer tokenizer.json "
                               "--prompts - --no-special"});
  add<EncodeOptions>(
      root_,
      {"encode", "hidden states of prompts as a safetensors file",
       "  lidit encode --model smollm2-135m-instruct --prompts prompts.txt --out f.safetensors\n"
       "  lidit encode --strategy instruction-guided --set encoder.layer=-1 "
       "--set encoder.dtype=f32 \\\n"
       "    --prompts prompts.txt --out f.safetensors"});
  add<ProbeOptions>(root_,
                    {"probe", "positional bias: P1 to P6 on states, P2 to P4 on images",
                     "  lidit probe\n"
                     "  lidit probe --model all-minilm-l6-v2 --model smollm2-135m-instruct --set "
                     "encoder.layer=-1\n"
                     "  lidit probe --strategy bidirectional-refiner --record 3f2a91c0 --probes "
                     "P1,P5 --out bias\n"
                     "  lidit probe --record 3f2a91c0 --record 77d01e5b --probes P2-images,"
                     "P4-images --images 8\n"
                     "  lidit probe --write-prompts positions.jsonl --seed 1"});
  add<RunOptions>(root_, {"run", "one experiment, one record",
                          "  lidit run quickstart --filter 'raw-llm,seed=0'\n"
                          "  lidit run my.toml --set train.steps=200 --force"});
  add<SweepCommandOptions>(root_, {"sweep", "all cells of a spec that have no record yet",
                                   "  lidit sweep quickstart\n"
                                   "  lidit sweep my.toml --jobs 1 --filter '*refiner*'\n"
                                   "  lidit sweep my.toml --dry-run"});
  add<TableOptions>(root_, {"table", "the table of a spec from the records that are there",
                            "  lidit table quickstart\n"
                            "  lidit table my.toml --format latex > table.tex\n"
                            "  lidit table figure_3 --figures figures"});
  add<ScoreOptions>(root_, {"score", "any system's images by an official benchmark's rules",
                            "  lidit score --benchmark geneval --images pictures --judge "
                            "results.jsonl --name sd3\n"
                            "  lidit score --benchmark dpg-bench --prompts dpg_bench.csv \\\n"
                            "    --images pictures --judge answers.jsonl --legacy official\n"
                            "  lidit score --benchmark geneval --images pictures --judge "
                            "results.jsonl --audit checked.jsonl\n"
                            "  lidit score --benchmark drawn --images drawn-by-my-model"});
  add<LayoutOptions>(root_, {"layout", "what a benchmark wants drawn, and images in its layout",
                             "  lidit layout --benchmark geneval --out plan\n"
                             "  lidit layout --benchmark dpg-bench --prompts dpg_bench.csv \\\n"
                             "    --images pictures --out dpg --sampler 'ddim 50'"});
  add<CompareOptions>(root_, {"compare", "a page on which people judge two folders of images",
                              "  lidit compare mine theirs --out study --count 200\n"
                              "  lidit score --benchmark human --images study --judge anna.csv "
                              "--judge ben.csv"});
  add<BenchOptions>(root_,
                    {"bench", "how fast encoders read, backbones sample and train",
                     "  lidit bench --extrapolate\n"
                     "  lidit bench --only encoders --sizes smollm2-135m,qwen2-0.5b --batch 1,8 "
                     "--length 24,64\n"
                     "  lidit bench --only sampling,refiners --price-per-hour 1.20 --format md"});
  add<TryOptions>(root_, {"try", "your own prompt through a trained cell",
                          "  lidit try 3f2a91c07d5e88b1 \"a red circle in the top left\"\n"
                          "  lidit try 3f2a --images 4 --out pictures \"two blue squares\""});
  CLI::App* world = group("world", "the drawn world");
  add<WorldExportOptions>(*world,
                          {"export", "pictures and captions of a split as files",
                           "  lidit world export --preset quick --split train --out world\n"
                           "  lidit world export --split structures --count 200 --out held-out"});
  add<DoctorOptions>(root_, {"doctor", "what is here: processor, GPU, LibTorch, models, records",
                             "  lidit doctor"});
  add<WorkerOptions>(root_, {"worker", "started by sweeps", ""})->group("");  // hidden
}

std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) names.push_back(option->get_name());
  return names;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

void CommandTree::take_inventory(const CLI::App& app, const std::string& path,
                                 std::vector<std::string>& lines) {
  std::string line = path.empty() ? "lidit" : path;
  for (const std::string& name : names_of_options(app)) line += " " + name;
  lines.push_back(line);
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    take_inventory(*command, path + (path.empty() ? "" : " ") + command->get_name(), lines);
  }
}

const CLI::App& CommandTree::named() const {
  const CLI::App* app = &root_;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return *app;
}

std::string CommandTree::path_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : path_of(*app.get_parent()) + " " + app.get_name();
}

void CommandTree::refuse(const std::string& what) const {
  const CLI::App& app = named();
  const std::string where = app.get_parent() == nullptr ? "" : path_of(app) + ": ";
  throw UserError(where + what);
}

void CommandTree::explain_leftover(const std::string& word) const {
  const CLI::App& app = named();
  const std::vector<std::string> commands = names_of_commands(app);
  if (word.starts_with("-") && word.size() > 1) {
    std::vector<std::string> options = names_of_options(app);
    std::erase_if(options, [](const std::string& name) { return !name.starts_with("-"); });
    refuse(unknown_name("option", word.substr(0, word.find('=')), options));
  }
  if (!commands.empty()) refuse(unknown_name("command", word, commands));
  refuse(fmt::format("'{}' is one word too many (see '{} --help')", word, path_of(app)));
}

Invocation CommandTree::parse(std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    root_.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return HelpRequest{root_.help()};
  } catch (const CLI::CallForVersion& version) {
    return HelpRequest{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> leftover = root_.remaining(true);
    if (!leftover.empty()) explain_leftover(leftover.front());
    refuse(fmt::format("{} (see '{} --help')", error.what(), path_of(named())));
  }
  if (!chosen_) {
    refuse(fmt::format("say which: {}", fmt::join(names_of_commands(named()), ", ")));
  }
  return *chosen_;
}

}  // namespace

Invocation parse_command_line(const std::vector<std::string>& arguments) {
  return CommandTree().parse(arguments);
}

std::string program_help() { return CommandTree().help(); }

std::vector<std::string> command_line_inventory() { return CommandTree().inventory(); }

}  // namespace lidit
