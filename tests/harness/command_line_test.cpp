#include "harness/command_line.h"

#include <gmock/gmock.h>

#include "results/errors.h"

namespace lidit {
namespace {

using ::testing::ElementsAre;

std::string mistake(const std::vector<std::string>& arguments) {
  try {
    parse_command_line(arguments);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no mistake";
}

// Whatever can change a number belongs into a spec; the command line has where, how many, which.
TEST(CommandLine, HasTheseOptionsAndNoOthers) {
  EXPECT_THAT(command_line_inventory(), ElementsAre("lidit --help --version", "doctor --help"));
}

TEST(CommandLine, SuggestsTheCommandThatWasMeant) {
  EXPECT_THAT(mistake({"docter"}),
              testing::StartsWith("unknown command 'docter'; did you mean 'doctor'?"));
}

TEST(CommandLine, SuggestsTheOptionThatWasMeant) {
  EXPECT_THAT(mistake({"doctor", "--hlep"}),
              testing::StartsWith("lidit doctor: unknown option '--hlep'; did you mean '--help'?"));
}

TEST(CommandLine, RefusesAWordTooMany) {
  EXPECT_THAT(mistake({"doctor", "who"}),
              testing::StartsWith("lidit doctor: 'who' is one word too many"));
}

TEST(CommandLine, GivesTheHelpOfTheCommandThatWasNamed) {
  const auto help = std::get<HelpRequest>(parse_command_line({"doctor", "--help"}));
  EXPECT_THAT(help.text, testing::HasSubstr("Usage: lidit doctor"));
  EXPECT_THAT(help.text, testing::HasSubstr("Examples:"));
}

}  // namespace
}  // namespace lidit
