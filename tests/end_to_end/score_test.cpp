// Folders of images in the official layouts, scored by the program from judge files: its numbers
// are those of an independent script.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "results/store.h"
#include "tests/support/drawn_folder.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr double kClose = 1e-9;

struct Case {
  const char *benchmark, *prompts, *judge, *options;
};

const Case kCases[] = {
    {"geneval", "geneval.prompts.jsonl", "geneval.judge.jsonl", ""},
    {"t2i-compbench", "compbench.prompts", "compbench.judge.jsonl",
     " --category color --category shape --category texture --category spatial"},
    {"dpg-bench", "dpg.questions.csv", "dpg.judge.jsonl", ""},
};

class Score : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    fill_with_drawings(
        GetParam().benchmark,
        golden_request(GetParam().benchmark, {"color", "shape", "texture", "spatial"}), images());
  }
  fs::path images() const { return folder_.path() / "drawings"; }
  RecordStore store() const { return RecordStore(folder_.path() / "home" / "records"); }
  ShellResult score(const std::string& more = "") const {
    return run_lidit(std::string("score --benchmark ") + GetParam().benchmark + " --images '" +
                         images().string() + "' --prompts '" +
                         (kJudgeGolden / GetParam().prompts).string() + "' --judge '" +
                         (kJudgeGolden / GetParam().judge).string() + "'" + GetParam().options +
                         more,
                     "LIDIT_HOME='" + (folder_.path() / "home").string() + "'");
  }

 private:
  TemporaryFolder folder_;
};

TEST_P(Score, OfAnOfficialFolderIsWhatTheScriptComputes) {
  const json all = json::parse(std::ifstream(kJudgeGolden / "expected.json"));
  for (const auto& [legacy, answer] : all.at(GetParam().benchmark).items()) {
    std::string switches = legacy;
    for (std::size_t comma; (comma = switches.find(',')) != switches.npos;)
      switches.replace(comma, 1, " --legacy ");
    const auto before = store().list().size();
    const ShellResult result = score(legacy.empty() ? "" : " --legacy " + switches);
    ASSERT_EQ(result.exit_code, 0) << result.talk;
    EXPECT_THAT(result.out, HasSubstr("drawings"));
    ASSERT_EQ(store().list().size(), before + 1);
    const Record record =
        read_record(store().resolve(result.talk.substr(result.talk.find("record ") + 7, 16)));
    for (const auto& [name, numbers] : answer.items()) {
      ASSERT_TRUE(record.find(name)) << name;
      EXPECT_NEAR(record.find(name)->value.value(), numbers[0].get<double>(), kClose)
          << legacy << " " << name;
    }
  }
}

TEST_P(Score, OfAnIncompleteFolderIsRefusedInOneSentence) {
  fs::path removed;
  for (const auto& entry : fs::recursive_directory_iterator(images()))
    if (entry.path().extension() == ".png") removed = entry.path();
  fs::remove(removed);
  const ShellResult result = score();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr(" images are missing: "));
  EXPECT_EQ(std::count(result.talk.begin(), result.talk.end(), '\n'), 1);
  EXPECT_EQ(store().list().size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(All, Score, testing::ValuesIn(kCases), [](const auto& test) {
  std::string name = test.param.benchmark;
  std::erase(name, '-');
  return name;
});

TEST(ScoreCommand, AnUnknownBenchmarkAnswersWithThoseThereAre) {
  const ShellResult result = run_lidit("score --benchmark genval --images x --judge y");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr("unknown benchmark 'genval'; did you mean 'geneval'?"));
}

TEST(ScoreCommand, TestsTheDifferenceToAnotherSystemOfTheSameRules) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "drawings";
  fill_with_drawings("dpg-bench", golden_request("dpg-bench", {}), images);
  std::string judge = read_bytes(kJudgeGolden / "dpg.judge.jsonl");
  const auto score = [&](const char* name, const fs::path& file) {
    return run_lidit(fmt::format("score --benchmark dpg-bench --images '{}' --prompts '{}' --judge "
                                 "'{}' --name {}",
                                 images.string(), (kJudgeGolden / "dpg.questions.csv").string(),
                                 file.string(), name),
                     "LIDIT_HOME='" + (folder.path() / "home").string() + "'");
  };
  EXPECT_THAT(score("first", kJudgeGolden / "dpg.judge.jsonl").out,
              testing::Not(HasSubstr(" - first")));
  judge.replace(judge.find("\"yes\""), 5, "\"no\"");
  const ShellResult second = score("second", folder.write("other.jsonl", judge));
  ASSERT_EQ(second.exit_code, 0) << second.talk;
  EXPECT_THAT(second.out, HasSubstr("second - first, overall: -"));
  EXPECT_THAT(second.out, HasSubstr(" over 5 prompts, p = 1.000 (sign flips)"));
}

TEST(ScoreCommand, DpgNeedsItsQuestions) {
  const ShellResult result = run_lidit("score --benchmark dpg-bench --images x --judge y");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr("say --prompts: dpg_bench.csv"));
}

TEST(ListPrompts, PrintsSetsWithTheirCounts) {
  const ShellResult result = run_lidit("list prompts");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("geneval                   553  MIT"));
  EXPECT_THAT(result.out, HasSubstr("  color_attr                   100\n"));
}

}  // namespace
}  // namespace lidit::benchmarks
