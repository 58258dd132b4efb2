#include "metrics/alignment/image_plan.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "metrics/alignment/captioned_images.h"
#include "metrics/prompts/text_file.h"
#include "results/files.h"
#include "tests/support/drawn_folder.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::vector<json> plan_of(const char* benchmark, SeedPolicy policy = SeedPolicy::per_prompt) {
  const std::string text =
      image_plan(expected_images(benchmark_of(benchmark), golden_request(benchmark)), policy, 7);
  std::vector<json> lines;
  for (const Line& line : split_lines(text))
    if (!line.text.empty()) lines.push_back(json::parse(line.text));
  return lines;
}

TEST(ImagePlan, HasALineForEachImageAlsoOfAGrid) {
  const auto plan = plan_of("dpg-bench");
  ASSERT_EQ(plan.size(), 20u);
  EXPECT_EQ(plan[3]["file"], plan[0]["file"]);
  EXPECT_EQ(plan[3]["number"], 3);
  EXPECT_EQ(plan[0]["caption"], "A \"0\", drawn");
}

TEST(ImagePlan, GivesEveryImageASeedOfItsOwnUnlessTheyAreShared) {
  std::set<std::string> seeds;
  for (const json& line : plan_of("geneval")) seeds.insert(line["seed"]);
  EXPECT_EQ(seeds.size(), plan_of("geneval").size());
  seeds.clear();
  for (const json& line : plan_of("geneval", SeedPolicy::shared)) seeds.insert(line["seed"]);
  EXPECT_EQ(seeds, (std::set<std::string>{"7", "8", "9", "10"}));
}

/// Pictures for the plan of a benchmark, in the flat folder that a user would make.
class FlatFolder : public testing::TestWithParam<const char*> {
 protected:
  FlatFolder() {
    make_folder(folder.path() / "flat");
    std::int64_t number = 0;
    for (const json& line : plan_of(GetParam())) {
      const std::string file = std::to_string(number) + ".png";
      write_png(folder.path() / "flat" / file, draw(1, number++ % 50).front());
      captions +=
          json{{"image", file}, {"caption", line["caption"]}, {"seed", line["seed"]}}.dump() + "\n";
    }
    folder.write("flat/captions.jsonl", captions);
  }
  std::int64_t fill() const {
    ImageFolderWriter writer(benchmark_of(GetParam()), golden_request(GetParam()),
                             folder.path() / "layout", {.model_hash = "m", .sampler = "s"});
    return fill_layout(writer, folder.path() / "flat");
  }

  const TemporaryFolder folder;
  std::string captions;
};

TEST_P(FlatFolder, BecomesTheWholeLayoutWithItsSeeds) {
  EXPECT_EQ(fill(), 0);
  const ImageFolder found =
      check_image_folder(folder.path() / "layout",
                         expected_images(benchmark_of(GetParam()), golden_request(GetParam())));
  EXPECT_THAT(found.missing, testing::IsEmpty());
  const std::string manifest = read_bytes(folder.path() / "layout" / "manifest.jsonl");
  EXPECT_EQ(json::parse(split_lines(manifest)[0].text)["seeds"][0], plan_of(GetParam())[0]["seed"]);
}

TEST_P(FlatFolder, ThatLacksAnImageIsRefusedBeforeAnythingIsWritten) {
  const std::size_t last = captions.rfind('\n', captions.size() - 2);
  folder.write("flat/captions.jsonl", captions.substr(0, last + 1));
  try {
    fill();
    FAIL() << "an incomplete folder passed";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("captions.jsonl: 1 of "));
  }
  EXPECT_FALSE(fs::exists(folder.path() / "layout" / "manifest.jsonl"));
}

TEST_P(FlatFolder, MayHoldMoreThanIsAsked) {
  write_png(folder.path() / "flat" / "more.png", draw(1, 0).front());
  folder.write("flat/captions.jsonl", captions + R"({"image": "more.png", "caption": "none"})");
  EXPECT_EQ(fill(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, FlatFolder, testing::Values("geneval", "t2i-compbench", "dpg-bench"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(FlatFolderOfJpegs, BecomesALayoutOfPngs) {
  const TemporaryFolder folder;
  const fs::path golden = fs::path(LIDIT_GOLDEN_DIR) / "images";
  std::string captions;
  std::int64_t number = 0;
  for (const json& line : plan_of("geneval")) {
    const std::string file = std::to_string(number++) + ".jpg";
    folder.write(file, read_bytes(golden / "baseline.jpg"));
    captions += json{{"image", file}, {"caption", line["caption"]}}.dump() + "\n";
  }
  folder.write("captions.jsonl", captions);
  ImageFolderWriter writer(benchmark_of("geneval"), golden_request("geneval"),
                           folder.path() / "layout", {});
  EXPECT_EQ(fill_layout(writer, folder.path()), 0);
  EXPECT_EQ(read_png(folder.path() / "layout/00000/samples/00000.png"),
            read_png(golden / "baseline.png"));
}

TEST(Captions, ThatNameAFileTwiceOrOutsideAreRefused) {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::string& lines) {
    folder.write("captions.jsonl", lines);
    return file_error_of([&] { read_captions(folder.path()); });
  };
  const std::string line = R"({"image": "a.png", "caption": "c"})";
  EXPECT_THAT(refusal(line + "\n" + line), HasSubstr("line 2: 'a.png' is there twice"));
  EXPECT_THAT(refusal(R"({"image": "/etc/passwd", "caption": "c"})"),
              HasSubstr("is no file of this folder"));
  EXPECT_THAT(refusal(R"({"image": "a/../../b", "caption": "c"})"),
              HasSubstr("is no file of this folder"));
  EXPECT_THAT(refusal(R"({"image": "a.png"})"), HasSubstr("'caption' is missing"));
  EXPECT_THAT(refusal("\n"), HasSubstr("no image"));
}

}  // namespace
}  // namespace lidit::benchmarks
