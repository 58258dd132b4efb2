#include "metrics/alignment/crossed_intervals.h"

#include <gmock/gmock.h>

#include <cmath>

#include "metrics/alignment/image_plan.h"
#include "metrics/alignment/image_seeds.h"
#include "results/philox.h"
#include "tests/support/drawn_folder.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using testing::HasSubstr;

struct Category {
  const char* name;
  std::int64_t prompts;
};

/// Scores x(prompt, seed) of prompts in categories, with an overall macro mean.
template <class Score>
BenchmarkScore score_of(const std::vector<Category>& categories, std::int64_t seeds, Score x) {
  BenchmarkScore score;
  std::vector<std::string> names;
  std::int64_t number = 0;
  for (const Category& category : categories) {
    names.emplace_back(category.name);
    for (std::int64_t prompt = 0; prompt < category.prompts; ++prompt, ++number)
      for (std::int64_t seed = 0; seed < seeds; ++seed)
        score.images.push_back({.prompt = std::to_string(number),
                                .category = category.name,
                                .prompt_number = number,
                                .image = seed,
                                .value = x(number, seed)});
  }
  const std::vector<Aggregate> parts = aggregate_categories(score.images, names);
  score.aggregates = {macro_mean("overall", parts)};
  score.parts = names;
  score.aggregates.insert(score.aggregates.end(), parts.begin(), parts.end());
  return score;
}

double noise(std::int64_t prompt, std::int64_t seed) {
  Philox random(static_cast<std::uint64_t>(prompt), "crossed", static_cast<std::uint64_t>(seed));
  return static_cast<double>(random.below(1000)) / 1000;
}

/// The bootstrap's variance of sum a_p w_p v_s x_ps without resampling: w counts how often a prompt
/// is drawn from its category, v a seed, and E[w w'] is 2 - 1/n for the same of n, 1 - 1/n for two
/// of them, 1 across categories.
double exact_error(const BenchmarkScore& score, std::int64_t seeds) {
  std::map<std::string, double> prompts;
  for (const ImageScore& image : score.images)
    prompts[image.category] += 1 / static_cast<double>(seeds);
  const auto parts = static_cast<double>(prompts.size()), k = static_cast<double>(seeds);
  double mean = 0, square = 0;
  for (const ImageScore& a : score.images) {
    const double n = prompts[a.category], of_a = a.value / (parts * n * k);
    mean += of_a;
    for (const ImageScore& b : score.images) {
      const double of_b = b.value / (parts * prompts[b.category] * k);
      const double together = a.category != b.category             ? 1
                              : a.prompt_number == b.prompt_number ? 2 - 1 / n
                                                                   : 1 - 1 / n;
      square += of_a * of_b * together * (a.image == b.image ? 2 - 1 / k : 1 - 1 / k);
    }
  }
  return std::sqrt(square - mean * mean);
}

TEST(CrossedIntervals, HaveTheErrorThatAllResamplesWouldGive) {
  BenchmarkScore macro = score_of({{"a", 9}, {"b", 4}}, 4, noise);
  add_crossed_intervals(macro);
  const CrossedInterval& overall = macro.find("overall")->crossed.value();
  EXPECT_NEAR(overall.standard_error / exact_error(macro, 4), 1, 0.03);
  EXPECT_EQ(overall.seeds, 4);
  EXPECT_LT(overall.interval.low, macro.find("overall")->value);
  EXPECT_GT(overall.interval.high, macro.find("overall")->value);

  BenchmarkScore one = score_of({{"a", 9}}, 4, noise);
  add_crossed_intervals(one);
  EXPECT_NEAR(one.find("a")->crossed->standard_error / exact_error(one, 4), 1, 0.03);
  EXPECT_EQ(one.find("a")->crossed->interval, macro.find("a")->crossed->interval);
}

TEST(CrossedIntervals, SeeTheSpreadOfSeedsThatAnErrorOverPromptsLeavesOut) {
  BenchmarkScore score = score_of({{"a", 20}}, 4, [](std::int64_t, std::int64_t seed) {
    return seed < 2 ? 1.0 : 0.0;  // luck of the seed alone
  });
  EXPECT_EQ(score.find("a")->standard_error, 0);
  add_crossed_intervals(score);
  EXPECT_NEAR(score.find("a")->crossed->standard_error, 0.25, 0.01);
  EXPECT_EQ(score.find("a")->crossed->interval, (Interval{0, 1}));
}

TEST(CrossedIntervals, NeedAWholeGridWithSpread) {
  const auto crossed = [](BenchmarkScore score) {
    add_crossed_intervals(score);
    return score.find("a")->crossed.has_value();
  };
  EXPECT_TRUE(crossed(score_of({{"a", 5}}, 3, noise)));
  EXPECT_FALSE(crossed(score_of({{"a", 5}}, 1, noise)));
  EXPECT_FALSE(crossed(score_of({{"a", 1}}, 3, noise)));
  EXPECT_FALSE(crossed(score_of({{"a", 5}}, 3, [](auto, auto) { return 1.0; })));
  for (const std::ptrdiff_t gap : {0, 4, 14}) {
    BenchmarkScore incomplete = score_of({{"a", 5}}, 3, noise);
    incomplete.images.erase(incomplete.images.begin() + gap);
    EXPECT_FALSE(crossed(incomplete)) << gap;
  }
}

class ImageSeeds : public testing::Test {
 protected:
  SeedDesign design(OfficialSeeds official = OfficialSeeds::unstated,
                    std::string_view benchmark = "dpg-bench") const {
    return seed_design(folder.path(),
                       expected_images(benchmark_of(benchmark), golden_request(benchmark)),
                       official);
  }
  void write_plan(SeedPolicy policy) const {
    folder.write("plan.jsonl",
                 image_plan(expected_images(benchmark_of("dpg-bench"), golden_request("dpg-bench")),
                            policy, 1));
  }
  const TemporaryFolder folder;
};

TEST_F(ImageSeeds, AreSharedWhereTheFoldersOwnFilesSaySo) {
  EXPECT_FALSE(design().shared);
  write_plan(SeedPolicy::shared);
  EXPECT_TRUE(design().shared);
  EXPECT_THAT(design().reason, HasSubstr("by plan.jsonl, image k of every prompt"));
  write_plan(SeedPolicy::per_prompt);
  EXPECT_FALSE(design(OfficialSeeds::shared).shared);
  EXPECT_THAT(design().reason, HasSubstr("prompts do not share their seeds"));
}

TEST_F(ImageSeeds, OfAManifestCountBeforeThoseOfAPlan) {
  fill_with_drawings("dpg-bench", golden_request("dpg-bench"), folder.path());  // all "42"
  write_plan(SeedPolicy::per_prompt);
  EXPECT_TRUE(design().shared);
  EXPECT_THAT(design().reason, HasSubstr("by manifest.jsonl"));
}

TEST_F(ImageSeeds, ThatAreNotKnownAreThoseOfTheOfficialScript) {
  EXPECT_TRUE(design(OfficialSeeds::shared).shared);
  EXPECT_THAT(design(OfficialSeeds::shared).reason, HasSubstr("as in the official script"));
  folder.write("manifest.jsonl", "{\"prompt\": 3, \"seeds\": \"x\"}\n{\"image\": \"a.png\"}\n");
  EXPECT_TRUE(design(OfficialSeeds::shared).shared) << "a manifest of another form says nothing";
  folder.write("manifest.jsonl", "{");
  EXPECT_THAT(file_error_of([&] { design(); }), HasSubstr("manifest.jsonl: line 1"));
}

TEST_F(ImageSeeds, OfOneImageAPromptAreNotCrossed) {
  const std::vector<ExpectedImage> one = {
      {.prompt = "a", .category = "", .text = "a", .files = {"a.png"}}};
  EXPECT_FALSE(seed_design(folder.path(), one, OfficialSeeds::shared).shared);
}

}  // namespace
}  // namespace lidit::benchmarks
