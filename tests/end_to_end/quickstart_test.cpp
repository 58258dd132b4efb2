// The main job from the first caption to the page: the real spec with tiny language models in it.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "tests/support/shell.h"
#include "tests/support/tiny_model.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSmall =
    "quickstart --device cpu --set world.preset=tiny --set world.captions=32 --set "
    "backbone.size=tiny --set train.steps=4 --set train.batch=4 --set train.warmup=1 --set "
    "evaluation.prompts=8 --set evaluation.curve_prompts=2 --set evaluation.curve_every=2";

/// `text` with `to` wherever `from` stands.
std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

class Quickstart : public ::testing::Test {
 protected:
  Quickstart() {
    std::string spec = read_bytes(fs::path(LIDIT_SOURCE_DIR) / "ablations/specs/quickstart.toml");
    spec = replaced(spec, "smollm2-135m-instruct", write_tiny_llama(folder));
    spec = replaced(spec, "all-minilm-l6-v2", write_tiny_bert(folder));
    // Its 64 positions hold a caption only where a word is one (unknown) token.
    const std::string longest = "\"max_input_chars_per_word\": ";
    folder.write("tiny-bert/tokenizer.json",
                 replaced(read_bytes(folder.path() / "tiny-bert/tokenizer.json"), longest + "100",
                          longest + "1"));
    for (const std::string name : {"instruction-guided", "multi-llm-fusion"}) {
      const std::string line =
          "strategy = \"" + name + "\"\n";  // no tokens of a chat template here
      spec = replaced(spec, line, line + "encoder.template = \"plain\"\n");
    }
    fs::create_directories(folder.path() / "ablations/specs");
    folder.write("ablations/specs/quickstart.toml", spec);
  }
  ShellResult quickstart(const std::string& source) const {
    return run_lidit(std::string(kSmall),
                     "LIDIT_HOME=" + home.string() + " LIDIT_SOURCE=" + source);
  }
  const TemporaryFolder folder;
  const fs::path home = folder.path() / "home";
};

TEST_F(Quickstart, ShowsTheTaskItsTablesAndWhatToDoNextAndTheSecondTimeRunsNothing) {
  const ShellResult first = quickstart(folder.path());
  ASSERT_EQ(first.exit_code, 0) << first.talk;
  for (const char* part : {"must become this picture", "(a) Objects that are wholly right",
                           "raw-llm", "multi-llm-fusion (SmolLM2 + MiniLM)",
                           "(b) The same for prompts with", "(c) What reading prompts costs",
                           "(d) Failures", "Demonstration: 2 seeds, no claim.", "./lidit try "})
    EXPECT_THAT(first.out, HasSubstr(part));
  EXPECT_THAT(first.out, Not(HasSubstr("\x1b["))) << "colours in a pipe";
  EXPECT_THAT(first.talk, HasSubstr("16 cells: 16 run, 0 had their record"));
  EXPECT_TRUE(fs::exists(home / "reports/target.png"));
  const std::string page = read_bytes(home / "reports/quickstart.html");
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("data:image/png;base64,"));

  const ShellResult second = quickstart(folder.path());
  EXPECT_EQ(second.exit_code, 0);
  EXPECT_EQ(second.out, first.out);
  EXPECT_THAT(second.talk, HasSubstr("16 cells: 0 run, 16 had their record"));
  EXPECT_EQ(read_bytes(home / "reports/quickstart.html"), page);
}

TEST_F(Quickstart, WithoutItsModelsSaysHowToFetchThem) {
  const ShellResult result = quickstart(LIDIT_SOURCE_DIR);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.talk, HasSubstr("models fetch"));
}

}  // namespace
}  // namespace lidit
