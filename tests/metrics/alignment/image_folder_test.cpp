#include "metrics/alignment/image_folder.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "metrics/prompts/geneval_prompts.h"
#include "metrics/prompts/text_file.h"
#include "results/files.h"
#include "results/hash.h"
#include "tests/support/drawn_folder.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path& kGolden = kJudgeGolden;

void fill(const std::string& name, const fs::path& folder) {
  fill_with_drawings(name, golden_request(name), folder);
}

ImageFolder check(const std::string& name, const fs::path& folder) {
  return check_image_folder(folder, expected_images(benchmark_of(name), golden_request(name)));
}

class Layout : public testing::TestWithParam<const char*> {};

TEST_P(Layout, WrittenWholeIsFoundWhole) {
  const TemporaryFolder folder;
  fill(GetParam(), folder.path());
  const ImageFolder found = check(GetParam(), folder.path());
  EXPECT_THAT(found.missing, testing::IsEmpty());
  EXPECT_THAT(found.unread, testing::IsEmpty());
  EXPECT_EQ(std::ssize(found.found), found.expected);
  EXPECT_EQ(found.hash, check(GetParam(), folder.path()).hash);
}

INSTANTIATE_TEST_SUITE_P(All, Layout, testing::Values("geneval", "t2i-compbench", "dpg-bench"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(GenEvalLayout, HasMetadataAndFourSamplesInANumberedFolder) {
  const TemporaryFolder folder;
  fill("geneval", folder.path());
  const auto prompts = parse_geneval(read_bytes(kGolden / "geneval.prompts.jsonl"), "p");
  EXPECT_EQ(parse_geneval(read_bytes(folder.path() / "00002" / "metadata.jsonl"), "m")[0].prompt,
            prompts[2].prompt);
  EXPECT_TRUE(fs::exists(folder.path() / "00017" / "samples" / "00003.png"));
  fs::rename(folder.path() / "00000/samples/00001.png", folder.path() / "00000/samples/0001.png");
  EXPECT_THAT(check("geneval", folder.path()).missing, testing::IsEmpty())
      << "the README's four digits pass as well";
}

TEST(CompBenchLayout, NamesImagesByTheirPromptAndARunningNumber) {
  const TemporaryFolder folder;
  fill("t2i-compbench", folder.path());
  EXPECT_TRUE(fs::exists(folder.path() / "color/samples/a green bench and a blue bowl_000009.png"));
}

TEST(DpgLayout, IsAGridOfFourTilesInRows) {
  const TemporaryFolder folder;
  fill("dpg-bench", folder.path());
  const Image grid = read_png(folder.path() / "partiprompts97.png");
  const std::vector<Image> tiles = draw(4, 12);  // the fourth item's
  EXPECT_EQ(grid, tile_images(tiles));
  EXPECT_EQ(grid.width, 2 * tiles[0].width);
  const auto pixel = [](const Image& image, std::int64_t x, std::int64_t y) {
    const auto at = image.rgb.begin() + (y * image.width + x) * 3;
    return std::vector<int>(at, at + 3);
  };
  const std::int64_t x = tiles[0].width / 4, y = tiles[0].height / 4;
  EXPECT_EQ(pixel(grid, tiles[0].width + x, y), pixel(tiles[1], x, y));
  EXPECT_EQ(pixel(grid, x, tiles[0].height + y), pixel(tiles[2], x, y));
}

TEST(Manifest, SaysOfEachFileWhatItWasMadeFrom) {
  const TemporaryFolder folder;
  fill("dpg-bench", folder.path());
  const std::string text = read_bytes(folder.path() / "manifest.jsonl");
  const auto lines = split_lines(text);
  ASSERT_EQ(lines.size(), 5u);
  const auto first = nlohmann::json::parse(lines[0].text);
  EXPECT_EQ(first["prompt"], "0");
  EXPECT_EQ(first["text_sha256"], sha256_hex("A \"0\", drawn"));
  EXPECT_EQ(first["file"], "0.png");
  EXPECT_EQ(first["seeds"], std::vector<std::string>(4, "42"));
  EXPECT_EQ(first["rewritten"], false);
}

TEST(Manifest, IsNotWrittenForAnIncompleteSet) {
  const TemporaryFolder folder;
  ImageFolderWriter writer(benchmark_of("dpg-bench"), golden_request("dpg-bench"), folder.path(),
                           {});
  writer.write(writer.images()[0], draw(4, 0), {});
  try {
    writer.finish();
    FAIL() << "an incomplete set passed";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("4 of 5 images are missing: 1.png, 10.png"));
  }
  EXPECT_FALSE(fs::exists(folder.path() / "manifest.jsonl"));
}

TEST(ImageFolder, MissingImagesAreListed) {
  const TemporaryFolder folder;
  fill("dpg-bench", folder.path());
  fs::remove(folder.path() / "10.png");
  EXPECT_THAT(check("dpg-bench", folder.path()).missing,
              ElementsAre("10 #0", "10 #1", "10 #2", "10 #3"));
}

TEST(ImageFolder, AnUnreadableOrTruncatedImageIsNamed) {
  const TemporaryFolder folder;
  fill("dpg-bench", folder.path());
  const std::string bytes = read_bytes(folder.path() / "10.png");
  folder.write("10.png", bytes.substr(0, bytes.size() / 2));
  EXPECT_THAT(file_error_of([&] { check("dpg-bench", folder.path()); }),
              HasSubstr("10.png: not a readable PNG"));
  folder.write("10.png", "GIF89a");
  EXPECT_THAT(file_error_of([&] { check("dpg-bench", folder.path()); }),
              HasSubstr("10.png: neither PNG nor JPEG"));
  write_png(folder.path() / "10.png", Image{3, 2, std::vector<std::uint8_t>(18)});
  EXPECT_THAT(file_error_of([&] { check("dpg-bench", folder.path()); }),
              HasSubstr("3 x 2 pixels are no 2 x 2 grid of equal tiles"));
}

TEST(ImageFolder, AJpegIsReadToItsEndNotOnlyAtBothEnds) {
  const TemporaryFolder folder;
  const std::vector<ExpectedImage> expected = {
      {.prompt = "a", .category = "", .text = "a", .files = {"a.png", "a.jpeg"}}};
  std::string bytes = read_bytes(fs::path(LIDIT_GOLDEN_DIR) / "images" / "baseline.jpg");
  folder.write("a.jpeg", bytes);
  EXPECT_THAT(check_image_folder(folder.path(), expected).missing, testing::IsEmpty());
  bytes.erase(bytes.size() / 2, 200);
  folder.write("a.jpeg", bytes);
  EXPECT_THAT(file_error_of([&] { check_image_folder(folder.path(), expected); }),
              HasSubstr("a.jpeg: not a readable JPEG"));
}

TEST(ImageFolder, OfDpgBenchMayHoldJpegFilesWhereALayoutWritesPng) {
  const auto expected = expected_images(benchmark_of("dpg-bench"), golden_request("dpg-bench"));
  EXPECT_THAT(expected.front().files, ElementsAre("0.png", "0.jpg", "0.jpeg"));
  const TemporaryFolder folder;
  fill("dpg-bench", folder.path());
  EXPECT_TRUE(fs::exists(folder.path() / "10.png"));
  fs::rename(folder.path() / "10.png", folder.path() / "10.jpg");
  fs::rename(folder.path() / "1.png", folder.path() / "1.jpeg");
  const ImageFolder found = check("dpg-bench", folder.path());
  EXPECT_THAT(found.missing, testing::IsEmpty());
  EXPECT_THAT(found.unread, testing::IsEmpty());
}

TEST(ImageFolder, OfDsgMayHoldJpegFiles) {
  const TemporaryFolder folder;
  const ScoreRequest request{.data = prompt_data(LIDIT_SOURCE_DIR),
                             .prompts = kGolden / "dsg.questions.csv"};
  const auto expected = expected_images(benchmark_of("dsg-1k"), request);
  const std::string jpeg = read_bytes(fs::path(LIDIT_GOLDEN_DIR) / "images" / "baseline.jpg");
  for (const ExpectedImage& image : expected)
    folder.write(image.prompt + (image.prompt == "source_0" ? ".jpeg" : ".jpg"), jpeg);
  EXPECT_THAT(check_image_folder(folder.path(), expected).missing, testing::IsEmpty());
}

TEST(ImageFolder, FilesThatBelongToNoPromptAreNamed) {
  const TemporaryFolder folder;
  fill("geneval", folder.path());
  const fs::path sample = folder.path() / "00000/samples/00000.png";
  fs::create_directories(folder.path() / "00018/samples");
  for (const char* file : {"00000/samples/00004.png", "00018/samples/00000.png", "00000/grid.png"})
    fs::copy_file(sample, folder.path() / file);
  folder.write("00000/samples/notes.txt", "no image");
  folder.write("00000/samples/._00000.png", "what another system keeps of a file");
  const ImageFolder found = check("geneval", folder.path());
  EXPECT_THAT(found.missing, testing::IsEmpty());
  EXPECT_THAT(found.unread, ElementsAre("00000/samples/00004.png", "00018/samples/00000.png"));
  EXPECT_EQ(describe_unread(found),
            "2 image files belong to no prompt, or are a second file of one image, and are not "
            "read: 00000/samples/00004.png, 00018/samples/00000.png");
  EXPECT_EQ(describe_unread({}), "");
}

TEST(ImageFolder, ASecondFileOfOneImageIsNamed) {
  const TemporaryFolder folder;
  fill("dpg-bench", folder.path());
  folder.write("10.jpg", "not read");
  folder.write("whoops3.PNG", "not read");
  EXPECT_THAT(check("dpg-bench", folder.path()).unread, ElementsAre("10.jpg", "whoops3.PNG"));
}

TEST(ImageFolder, FoldersOfCategoriesThatAreNotScoredAreLetBe) {
  const TemporaryFolder folder;
  fill("t2i-compbench", folder.path());
  for (const char* category : {"shape", "color"}) {
    fs::create_directories(folder.path() / category / "samples");
    folder.write(std::string(category) + "/samples/a red car_000099.png", "not read");
  }
  EXPECT_THAT(check("t2i-compbench", folder.path()).unread,
              ElementsAre("color/samples/a red car_000099.png"));
}

TEST(ImageFolder, AJudgedImageThatIsNotThereIsRefused) {
  const TemporaryFolder folder;
  fill("dpg-bench", folder.path());
  fs::remove(folder.path() / "10.png");
  ScoreRequest request = golden_request("dpg-bench");
  request.judge = kGolden / "dpg.judge.jsonl";
  const BenchmarkScore score = score_benchmark(benchmark_of("dpg-bench"), request);
  const auto mistake = [&](Missing missing) {
    try {
      check_complete(check("dpg-bench", folder.path()), score, missing, "pictures");
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("no mistake");
  };
  EXPECT_THAT(mistake(Missing::refuse),
              HasSubstr("pictures: 4 of 20 images are missing: 10 #0, 10 #1"));
  EXPECT_EQ(mistake(Missing::allow), "image 0 of prompt '10' was judged, but is not in pictures");
}

}  // namespace
}  // namespace lidit::benchmarks
