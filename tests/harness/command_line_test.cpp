#include "harness/command_line.h"

#include <gmock/gmock.h>

#include "results/errors.h"

namespace lidit {
namespace {

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
  std::string all;
  for (const std::string& line : command_line_inventory()) all += line + "\n";
  EXPECT_EQ(all,
            R"(lidit --help --version
quickstart --help --set --device
list --help WHAT --counts
models --help
models inspect --help MODEL
tokenize --help --model --tokenizer --encoding --prompts --no-special
encode --help --model --strategy --set --prompts --out --device
probe --help SPEC --model --strategy --set --record --probes --images --sets --pairs --seed --commas --out --write-prompts --write-texts --device
run --help SPEC --filter --set --force --dry-run --device
sweep --help SPEC --filter --set --jobs --dry-run --device
table --help SPEC --set --format --without-timings --against --ranks --figures
score --help --benchmark --prompts --legacy --category --images --judge --audit --clip --allow-missing --name --format
layout --help --benchmark --prompts --legacy --category --out --images --seed --seeds --model-hash --sampler --rewritten
compare --help FIRST SECOND --out --question --count --seed
bench --help --only --filter --sizes --batch --length --type --noise --seconds --threads --extrapolate --price-per-hour --format --out --dry-run --from-records --device
try --help RECORD PROMPT --images --out --device
world --help
world export --help --preset --split --count --prompts-only --out
doctor --help
worker --help --device
)");
}

TEST(CommandLine, SuggestsTheCommandThatWasMeant) {
  EXPECT_THAT(mistake({"docter"}),
              testing::StartsWith("unknown command 'docter'; did you mean 'doctor'?"));
}

TEST(CommandLine, SuggestsTheOptionThatWasMeant) {
  EXPECT_THAT(mistake({"doctor", "--hlep"}),
              testing::StartsWith("lidit doctor: unknown option '--hlep'; did you mean '--help'?"));
}

TEST(CommandLine, SaysWhatIsMissing) {
  EXPECT_EQ(mistake({"tokenize"}),
            "lidit tokenize: --prompts is required (see 'lidit tokenize --help')");
  EXPECT_EQ(mistake({"models"}), "lidit models: say which: inspect");
}

TEST(CommandLine, TakesOptionsIntoTheirCommand) {
  const auto options = std::get<TokenizeOptions>(
      parse_command_line({"tokenize", "--model=m", "--prompts", "-", "--no-special"}));
  EXPECT_EQ(options.model, "m");
  EXPECT_EQ(options.prompts, "-");
  EXPECT_FALSE(options.special);
}

TEST(CommandLine, RefusesANumberThatIsNone) {
  EXPECT_THAT(mistake({"world", "export", "--split", "train", "--out", "x", "--count", "many"}),
              testing::HasSubstr("'many' is no whole number of at least 1"));
  EXPECT_THAT(mistake({"world", "export", "--split", "train", "--out", "x", "--count", "0"}),
              testing::HasSubstr("'0' is no whole number of at least 1"));
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
