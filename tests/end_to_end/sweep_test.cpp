// Cells from a spec to records, through workers, crashes and repetitions. The cells are the
// smallest that really train: they read scenes instead of a language model's features.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "results/hash.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSpec = R"(
title = "Scenes as tokens"
seeds = [0, 1]
[set]
strategy = "scene-tokens"
world.preset = "tiny"
world.captions = 64
backbone.size = "tiny"
train.steps = 12
train.batch = 8
train.warmup = 2
evaluation.prompts = 6
evaluation.splits = ["seen"]
evaluation.curve_every = 0
[axes]
train.drop = [0.1, 0.2]
[table]
columns = ["seen.binding", "seen.shape", "train.seconds_per_step"]
)";

class SweepProgram : public ::testing::Test {
 protected:
  SweepProgram() { spec = folder.write("cells.toml", kSpec); }

  ShellResult lidit(const std::string& words, const std::string& home = "home") const {
    return run_lidit(words, "LIDIT_HOME=" + (folder.path() / home).string());
  }
  // What cells computed, without the times that it took: hashes by file.
  std::map<std::string, std::string> numbers(const std::string& home) const {
    std::map<std::string, std::string> files;
    const fs::path records = folder.path() / home / "records";
    for (const auto& entry : fs::recursive_directory_iterator(records)) {
      const std::string name = entry.path().filename();
      // A draft whose owner was still dying when the repeat began is no record; the next start of
      // a store clears it.
      if (fs::relative(entry.path(), records).string().starts_with(".tmp-")) continue;
      if (name != "prompts.jsonl" && name != "weights.safetensors") continue;
      files[fs::relative(entry.path(), records)] = sha256_hex(read_bytes(entry.path()));
    }
    return files;
  }

  const TemporaryFolder folder;
  fs::path spec;
};

TEST_F(SweepProgram, ShowsTheCellsOnADryRunAndRunsNone) {
  const ShellResult result = lidit("sweep " + spec.string() + " --dry-run");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("4 cells"));
  EXPECT_FALSE(fs::exists(folder.path() / "home" / "records"));
}

TEST_F(SweepProgram, AnswersAnUnknownKeyWithItsNeighbours) {
  const ShellResult result = lidit("sweep " + spec.string() + " --set train.stepz=3");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr("train.steps"));
}

TEST_F(SweepProgram, RefusesSettingsThatContradictEachOtherBeforeAnythingRuns) {
  const ShellResult result = lidit("sweep " + spec.string() + " --set train.warmup=500");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr("warm-up"));
  EXPECT_FALSE(fs::exists(folder.path() / "home" / "records"));
}

TEST_F(SweepProgram, RefusesToChooseACellForRun) {
  const ShellResult result = lidit("run " + spec.string());
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr("has 4 cells"));
}

TEST_F(SweepProgram, RunsACellOnceAndAgainOnlyWhenForced) {
  const std::string words = "run " + spec.string() + " --filter 'seed=1,train.drop=0.2'";
  const ShellResult first = lidit(words);
  ASSERT_EQ(first.exit_code, 0) << first.talk;
  EXPECT_THAT(first.out, HasSubstr("seen.binding"));
  const auto before = numbers("home");
  const ShellResult second = lidit(words);
  EXPECT_EQ(second.exit_code, 0);
  EXPECT_THAT(second.talk, HasSubstr("the record exists already"));
  EXPECT_EQ(second.out, first.out);
  const ShellResult forced = lidit(words + " --force");
  EXPECT_EQ(forced.exit_code, 0) << forced.talk;
  EXPECT_THAT(forced.talk, Not(HasSubstr("exists already")));
  EXPECT_EQ(numbers("home"), before);
}

TEST_F(SweepProgram, KilledAtAnyMomentAndRepeatedEqualsOneThatWasNot) {
  ASSERT_EQ(lidit("sweep " + spec.string() + " --jobs 1", "whole").exit_code, 0);
  const std::string home = folder.path() / "killed";
  // Killed as soon as one record is there, while other cells are on their way.
  run_shell(
      "export LIDIT_HOME=" + home + "\n\"$LIDIT\" sweep " + spec.string() +
      " --jobs 2 & sweep=$!\n"
      "while ! ls \"$LIDIT_HOME\"/records/*/record.json >/dev/null 2>&1; do sleep 0.02; done\n"
      "kill -9 $sweep; wait $sweep");
  const ShellResult again = lidit("sweep " + spec.string() + " --jobs 2", "killed");
  EXPECT_EQ(again.exit_code, 0) << again.talk;
  EXPECT_EQ(numbers("killed").size(), 8u);
  EXPECT_EQ(numbers("killed"), numbers("whole"));
  const std::string table = "table " + spec.string() + " --format csv --without-timings";
  EXPECT_THAT(lidit(table, "whole").out, HasSubstr("seen.shape"));
  EXPECT_EQ(lidit(table, "killed").out, lidit(table, "whole").out);
}

TEST_F(SweepProgram, StopsOnCtrlCAndSaysHowToGoOn) {
  const std::string home = folder.path() / "home";
  const ShellResult result =
      run_shell("export LIDIT_HOME=" + home + "\n\"$LIDIT\" sweep " + spec.string() +
                " --set train.steps=100000 --jobs 2 & sweep=$!\n"
                "while ! ls \"$LIDIT_HOME\"/records/*.claim >/dev/null 2>&1; do sleep 0.02; done\n"
                "kill -INT $sweep; wait $sweep");
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_THAT(result.talk, HasSubstr("the same command goes on with them"));
  for (const auto& entry : fs::directory_iterator(fs::path(home) / "records")) {
    // One hidden lock file of the store stays; cells leave neither claims nor drafts.
    EXPECT_EQ(entry.path().filename(), ".claims.lock");
  }
}

}  // namespace
}  // namespace lidit
