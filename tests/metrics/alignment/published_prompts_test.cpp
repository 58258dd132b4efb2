#include "metrics/alignment/published_prompts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "metrics/prompts/text_file.h"
#include "tests/support/drawn_folder.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kData = prompt_data(LIDIT_SOURCE_DIR);

/// Images of `prompts` prompts, two of each.
std::vector<ExpectedImage> images_of(const std::string& category, std::int64_t prompts) {
  std::vector<ExpectedImage> images;
  for (std::int64_t i = 0; i < prompts * 2; ++i)
    images.push_back({.prompt = fmt::format("{}/{}", category, i / 2),
                      .category = category,
                      .text = "",
                      .image = i % 2});
  return images;
}

std::vector<ExpectedImage> images_of(
    const std::vector<std::pair<std::string, std::int64_t>>& categories) {
  std::vector<ExpectedImage> images;
  for (const auto& [category, prompts] : categories)
    for (ExpectedImage& image : images_of(category, prompts)) images.push_back(std::move(image));
  return images;
}

std::string partial(const char* benchmark, const std::vector<ExpectedImage>& images) {
  return describe_partial(count_prompts(benchmark_of(benchmark), images));
}

TEST(PublishedPrompts, AreAllInTheFilesThatComeWithTheProgram) {
  for (const char* name : {"geneval", "t2i-compbench", "dsg-1k", "genai-bench", "genai-human"})
    EXPECT_EQ(partial(name, expected_images(benchmark_of(name), {.data = kData})), "") << name;
  ScoreRequest old_colours{.data = kData, .legacy = {"color_val=2023"}};
  EXPECT_EQ(partial("t2i-compbench", expected_images(benchmark_of("t2i-compbench"), old_colours)),
            "");
  const auto dpg =
      load_prompt_set(find_named("prompt set", "dpg-bench", prompt_set_table()), kData);
  EXPECT_THAT(benchmark_of("dpg-bench").published, ElementsAre(std::ssize(dpg)));
}

TEST(PublishedPrompts, OfAFileThatWasCutShortAreAMarkedScore) {
  const TemporaryFolder folder;
  const std::string all = read_text(kData / "geneval" / "evaluation_metadata.jsonl");
  std::size_t end = 0;
  for (int line = 0; line < 10; ++line) end = all.find('\n', end) + 1;
  const ScoreRequest geneval{.data = kData,
                             .prompts = folder.write("short.jsonl", all.substr(0, end))};
  EXPECT_EQ(partial("geneval", expected_images(benchmark_of("geneval"), geneval)),
            "10 of the 553 published prompts");
  ScoreRequest dpg = golden_request("dpg-bench");
  dpg.judge = kJudgeGolden / "dpg.judge.jsonl";
  const BenchmarkScore score = score_benchmark(benchmark_of("dpg-bench"), dpg);
  EXPECT_EQ(score.partial, "5 of the 1065 published prompts");
  EXPECT_THAT(score.notes, testing::Contains("5 of the 1065 published prompts: no score of the "
                                             "whole benchmark"));
}

TEST(PublishedPrompts, AreCountedWhateverTheRulesThenLeaveOut) {
  ScoreRequest dpg = golden_request("dpg-bench");
  dpg.judge = kJudgeGolden / "dpg.judge.jsonl";
  dpg.legacy = {"official"};
  EXPECT_EQ(score_benchmark(benchmark_of("dpg-bench"), dpg).partial,
            "5 of the 1065 published prompts");
}

TEST(PublishedPrompts, ThatAreMoreThanThereWereAreMarkedToo) {
  EXPECT_EQ(partial("geneval", images_of("colors", 600)), "600 prompts where 553 were published");
  EXPECT_EQ(partial("tifa", images_of("", 4081)), "");
  EXPECT_EQ(partial("tifa", images_of("", 4080)), "4080 of the 4081 published prompts");
}

TEST(PublishedPrompts, AreComparedInEachCategory) {
  EXPECT_EQ(partial("t2i-compbench", images_of({{"color", 300}, {"shape", 300}})), "");
  EXPECT_EQ(partial("t2i-compbench", images_of({{"color", 299}, {"shape", 301}})),
            "color 299 of 300, shape 301 of 300 published prompts");
  BenchmarkScore score;
  mark_partial(score, count_prompts(benchmark_of("t2i-compbench"),
                                    images_of({{"color", 3}, {"shape", 300}})));
  EXPECT_EQ(score.partial, "303 of the 600 published prompts");
  EXPECT_THAT(score.notes, ElementsAre(HasSubstr("published prompts (color 3 of 300): no score")));
}

TEST(PublishedPrompts, OfGenAiBenchAreThePapersPartOrTheWhole) {
  for (const std::int64_t whole : {527, 1600})
    EXPECT_EQ(partial("genai-bench", images_of("", whole)), "");
  EXPECT_EQ(partial("genai-bench", images_of("", 528)), "528 of the 1600 published prompts");
  EXPECT_EQ(partial("genai-bench", images_of("", 1601)), "1601 prompts where 1600 were published");
}

TEST(PublishedPrompts, OfSeveralSystemsAreCountedOnce) {
  EXPECT_EQ(partial("genai-human", images_of({{"A", 527}, {"B", 527}})), "");
  EXPECT_EQ(partial("genai-human", images_of({{"A", 10}, {"B", 10}})),
            "10 of the 527 published prompts");
}

}  // namespace
}  // namespace lidit::benchmarks
