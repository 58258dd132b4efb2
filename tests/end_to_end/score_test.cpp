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
    EXPECT_THAT(result.out, testing::ContainsRegex("drawings [(][0-9]+ of the [0-9]+ published "
                                                   "prompts[)]"));
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

/// GenEval's golden folder, and an audit of it in the user's own words.
class Audit : public testing::Test {
 protected:
  Audit() { fill_with_drawings("geneval", golden_request("geneval", {}), images); }
  ShellResult score(const std::string& audit) const {
    return run_lidit(fmt::format("score --benchmark geneval --images '{}' --prompts '{}' --judge "
                                 "'{}' --audit '{}'",
                                 images.string(), (kJudgeGolden / "geneval.prompts.jsonl").string(),
                                 (kJudgeGolden / "geneval.judge.jsonl").string(),
                                 folder.write("audit.jsonl", audit).string()),
                     "LIDIT_HOME='" + (folder.path() / "home").string() + "'");
  }
  /// Every `step`th verdict of the record; people find one of `wrong` of them wrong.
  std::string audit_of_record(std::size_t step, std::size_t wrong) const {
    const RecordStore store(folder.path() / "home" / "records");
    std::string audit;
    std::size_t number = 0;
    const auto rows = read_prompts(store.place_of(store.list().front().fingerprint));
    for (std::size_t i = 0; i < rows.size(); i += step) {
      const bool judge = get<double>(rows[i], "value") == 1;
      const bool human = ++number % wrong == 0 ? !judge : judge;
      audit +=
          json{{"id", get<std::string>(rows[i], "id")}, {"judge", judge}, {"human", human}}.dump() +
          "\n";
    }
    return audit;
  }
  void refuses(const ShellResult& result, const std::string& sentence) const {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.talk, HasSubstr(sentence));
    EXPECT_EQ(std::count(result.talk.begin(), result.talk.end(), '\n'), 1) << result.talk;
  }

  const TemporaryFolder folder;
  const fs::path images = folder.path() / "drawings";
};

TEST_F(Audit, PutsTheCorrectedScoreBesideTheRawOne) {
  ASSERT_EQ(
      run_lidit(fmt::format("score --benchmark geneval --images '{}' --prompts '{}' --judge "
                            "'{}'",
                            images.string(), (kJudgeGolden / "geneval.prompts.jsonl").string(),
                            (kJudgeGolden / "geneval.judge.jsonl").string()),
                "LIDIT_HOME='" + (folder.path() / "home").string() + "'")
          .exit_code,
      0);
  const ShellResult result = score(audit_of_record(1, 9));
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_THAT(result.out, HasSubstr("overall, corrected"));
  EXPECT_THAT(result.out, HasSubstr("errors in 72 answers audited at random"));
  EXPECT_THAT(result.out, HasSubstr("by the bootstrap over prompts crossed with the 4 seeds"));
  EXPECT_THAT(result.out, HasSubstr("seeds: by manifest.jsonl, image k of every prompt"));
  const auto records = RecordStore(folder.path() / "home" / "records").list();
  ASSERT_EQ(records.size(), 1u) << "an audit adds to the record of the images";
  EXPECT_TRUE(records.front().find("overall.corrected"));
  EXPECT_EQ(
      records.front().find("judge.sensitivity")->n + records.front().find("judge.specificity")->n,
      72);
}

TEST_F(Audit, ThatCannotBeReadOrUsedIsRefusedInOneSentence) {
  refuses(score(R"({"id": "00000 #9", "judge": true, "human": true})"),
          "'00000 #9' is none of the 72 scored verdicts");
  refuses(score(R"({"id": "00000 #0", "judge": true, "human": NaN})"), "audit.jsonl: line 1");
  refuses(score(R"({"id": "00000 #0", "judge": true, "human": true})"),
          "all 1 audited verdicts are true by the human");
}

TEST(ScoreCommand, TakesAnAuditOfVerdictsOfYesOrNoAlone) {
  const ShellResult graded =
      run_lidit("score --benchmark t2i-compbench --images x --judge y --audit z");
  EXPECT_EQ(graded.exit_code, 2);
  EXPECT_THAT(graded.talk,
              HasSubstr("--audit corrects verdicts of yes or no, which geneval, dpg-bench, dsg-1k, "
                        "tifa have; those of t2i-compbench are graded"));
  for (const char* own : {"drawn", "human", "clipscore"}) {
    const ShellResult result =
        run_lidit(fmt::format("score --benchmark {} --images x --audit z", own));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.talk, HasSubstr(fmt::format("--audit is not for --benchmark {}", own)));
  }
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
