#include "harness/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

// The options of each command, in the order of --help.

void declare(CLI::App&, DoctorOptions&) {}

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
        "something. LIDIT_HOME moves the folder of models, features and records.\n"
        "More about a command: lidit COMMAND --help");
    add<DoctorOptions>(root_, {"doctor", "what is here: processor, GPU, LibTorch, models, records",
                               "lidit doctor"});
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
  void add(CLI::App& parent, const Description& description) {
    CLI::App* command = parent.add_subcommand(description.name, description.summary);
    command->require_subcommand(0, 1);
    command->footer(std::string("Examples:\n") + description.examples);
    const auto options = std::make_shared<Options>();
    declare(*command, *options);
    command->callback([this, options] { chosen_ = *options; });
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
    refuse(unknown_name("option", word.substr(0, word.find('=')), names_of_options(app)));
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
