#include "metrics/external/external_metric.h"

#include <gmock/gmock.h>

#include <chrono>

#include "metrics/alignment/captioned_images.h"
#include "metrics/external/command.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr CommandLimits kLimits{.time = 20s, .output = 1000};

CommandEnd run(const std::vector<std::string>& words, const CommandLimits& limits = kLimits) {
  return run_command(words, limits, [] {});
}

TEST(Command, IsGivenItsWordsWithoutAShell) {
  const CommandEnd end = run({"printf", "%s|", "a b", "$HOME", "*"});
  EXPECT_EQ(end.failure, "");
  EXPECT_EQ(end.out, "a b|$HOME|*|");
}

TEST(Command, ThatFailsSaysHow) {
  const CommandEnd end = run({"sh", "-c", "echo words >&2; exit 3"});
  EXPECT_EQ(end.failure, "ended with status 3");
  EXPECT_EQ(end.errors, "words\n");
  EXPECT_THAT(run({"sh", "-c", "kill -9 $$"}).failure, HasSubstr("was killed by signal 9"));
  EXPECT_THAT(run({"no-such-program"}).failure, HasSubstr("cannot be run"));
}

TEST(Command, IsStoppedAtItsTimeWithAllThatItStarted) {
  const TemporaryFolder folder;
  const auto begin = std::chrono::steady_clock::now();
  const CommandEnd end =
      run({"sh", "-c", "(sleep 30; touch " + (folder.path() / "late").string() + ") & sleep 30"},
          {.time = 300ms, .output = 1000});
  EXPECT_EQ(end.failure, "took longer than 0.3 s");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Command, IsStoppedWhenItPrintsTooMuch) {
  EXPECT_EQ(run({"yes"}).failure, "printed more than 1000 bytes");
}

TEST(Command, KeepsTheEndOfAFloodOfErrors) {
  const CommandEnd end = run({"sh", "-c", "yes | head -c 300000 >&2; echo last >&2"});
  EXPECT_EQ(end.failure, "");
  EXPECT_EQ(end.errors.size(), std::size_t{1} << 16);
  EXPECT_TRUE(end.errors.ends_with("last\n"));
}

TEST(Command, IsEndedByWhatIsThrownWhileItRuns) {
  struct Enough {};
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(run_command({"sleep", "30"}, kLimits, [] { throw Enough(); }), Enough);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
}

Image grey(std::uint8_t value) { return {2, 2, std::vector<std::uint8_t>(12, value)}; }

class Metric : public testing::Test {
 protected:
  Metric() { write_metric_folder(images, folder.path() / "in"); }

  std::vector<double> scores(const std::string& script) const {
    return external_scores(
        {.name = "mine", .command = {"sh", "-c", script, "sh", "{folder}"}, .seconds = 20}, images,
        {.images = folder.path() / "in",
         .errors = folder.path() / "mine.stderr.txt",
         .while_waiting = [] {}});
  }
  std::string mistake(const std::string& script) const {
    try {
      scores(script);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no mistake";
  }

  const TemporaryFolder folder;
  const std::vector<MetricImage> images = {{"seen/0", "seen", "a \"red\" circle", grey(0)},
                                           {"seen/1", "seen", "a square", grey(255)}};
};

TEST_F(Metric, FindsImagesAndCaptionsInItsFolder) {
  const auto read = benchmarks::read_captions(folder.path() / "in");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].id, "seen/0");
  EXPECT_EQ(read[0].caption, "a \"red\" circle");
  EXPECT_EQ(read_png(folder.path() / "in" / read[1].file), grey(255));
}

TEST_F(Metric, GivesScoresInTheOrderOfTheImages) {
  EXPECT_THAT(scores(R"(echo '{"id": "seen/1", "score": 2}'; echo;
                        echo '{"id": "seen/0", "score": -0.5}')"),
              ElementsAre(-0.5, 2));
  EXPECT_THAT(scores(R"(test -f "$1/images/000001.png" && awk -F'"' '{
                          for (i = 1; i < NF; ++i) if ($i == "id")
                            printf "{\"id\": \"%s\", \"score\": %d}\n", $(i + 2), NR
                        }' "$1/captions.jsonl")"),
              ElementsAre(1, 2));
}

TEST_F(Metric, ThatFailsGivesOneSentenceAndKeepsItsErrors) {
  EXPECT_EQ(mistake("echo first >&2; echo 'no module named x' >&2; exit 1"),
            "metric 'mine': its command ended with status 1: no module named x");
  EXPECT_EQ(read_bytes(folder.path() / "mine.stderr.txt"), "first\nno module named x\n");
}

TEST_F(Metric, RefusesScoresThatAreNotOneNumberAnImage) {
  EXPECT_THAT(mistake("true"),
              HasSubstr("the scores of 2 of 2 images are missing: seen/0, seen/1"));
  EXPECT_THAT(
      mistake(R"(echo '{"id": "seen/0", "score": 1}'; echo '{"id": "seen/0", "score": 1}')"),
      HasSubstr("line 2: 'seen/0' is scored twice"));
  EXPECT_THAT(mistake(R"(echo '{"id": "seen/7", "score": 1}')"),
              HasSubstr("no image is called 'seen/7'"));
  EXPECT_THAT(mistake(R"(echo '{"id": "seen/0", "score": "nan"}')"),
              HasSubstr("'score' should be"));
  EXPECT_THAT(mistake(R"(echo '{"id": "seen/0", "score": NaN}')"), HasSubstr("line 1"));
  EXPECT_THAT(mistake(R"(echo '{"id": "seen/0", "score": 1e999}')"), HasSubstr("line 1"));
  EXPECT_THAT(mistake("echo brightness 3"), HasSubstr("metric 'mine': line 1"));
}

TEST(MetricCommand, IsCheckedBeforeItRuns) {
  const auto mistake = [](const std::vector<std::string>& command) {
    try {
      check(ExternalMetric{.name = "mine", .command = command});
    } catch (const SpecError& error) {
      return std::string(error.what());
    }
    return std::string("no mistake");
  };
  EXPECT_THAT(mistake({}), HasSubstr("metrics.mine.command is empty"));
  EXPECT_THAT(mistake({"sh"}), HasSubstr("{folder}"));
  EXPECT_THAT(mistake({"no-such-program", "{folder}"}), HasSubstr("no program 'no-such-program'"));
  EXPECT_EQ(mistake({"sh", "--in={folder}"}), "no mistake");
}

TEST(MetricCommand, IsAnotherMetricWhenItsScriptChanges) {
  const TemporaryFolder folder;
  const ExternalMetric metric{.name = "mine",
                              .command = {"sh", folder.write("m.sh", "exit 1"), "{folder}"}};
  const Fields before = command_hashes(metric);
  EXPECT_EQ(before.size(), 1u);
  folder.write("m.sh", "exit 2");
  EXPECT_NE(command_hashes(metric), before);
}

}  // namespace
}  // namespace lidit
