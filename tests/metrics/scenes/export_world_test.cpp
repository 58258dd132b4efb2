#include "metrics/scenes/export_world.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "metrics/scenes/rgb.h"
#include "metrics/scenes/score.h"
#include "results/errors.h"
#include "results/png.h"

namespace lidit::scenes {
namespace {

class ExportWorld : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("lidit-export-" + std::to_string(getpid()));
};

TEST_F(ExportWorld, WritesPicturesThatReadBackAsTheirCaptions) {
  const World world({.preset = "quick"});
  export_world(world, "position-seen", 6, folder_, 3);
  std::ifstream lines(folder_ / "captions.jsonl");
  std::string line;
  for (int index = 0; index < 6; ++index) {
    ASSERT_TRUE(std::getline(lines, line));
    const auto json = nlohmann::json::parse(line);
    const Example example = world.example("position-seen", index);
    EXPECT_EQ(json["index"], index);
    EXPECT_EQ(json["caption"], example.caption.text);
    EXPECT_EQ(json["split"], "position-seen");
    EXPECT_EQ(json["set"], index / 3);
    EXPECT_EQ(json["rotation"], index % 3);
    ASSERT_EQ(json["scene"].size(), 3u);
    EXPECT_EQ(json["claims"][0]["shape"], json["scene"][0]["shape"]);
    const auto path = folder_ / json["image"].get<std::string>();
    const Image image = from_rgb(world.preset(), read_png(path), path.string());
    const auto drawn = world.draw(example.scene).pixels;
    ASSERT_EQ(image.pixels.size(), drawn.size());
    for (std::size_t i = 0; i < drawn.size(); ++i)
      ASSERT_NEAR(image.pixels[i], drawn[i], 0.004);  // grey is no 8-bit value
    EXPECT_EQ(score(world.preset(), example.caption, world.read(image)).all, 1);
  }
  EXPECT_FALSE(std::getline(lines, line));
  std::ifstream about(folder_ / "world.json");
  EXPECT_EQ(nlohmann::json::parse(about)["world"], world.describe());
}

TEST_F(ExportWorld, RefusesAFolderThatHoldsAnExportAndPromptsBeyondThePool) {
  const World world({.preset = "tiny", .captions = 2});
  EXPECT_THROW(export_world(world, "train", 3, folder_), UserError);
  EXPECT_FALSE(std::filesystem::exists(folder_));
  export_world(world, "train", 2, folder_);
  EXPECT_THROW(export_world(world, "train", 2, folder_), UserError);
  EXPECT_THROW(export_world(world, "train", 0, folder_), UserError);
}

TEST(FromRgb, RefusesPicturesOfAnotherShape) {
  const Preset& tiny = preset("tiny");  // 8 x 8
  EXPECT_NO_THROW(from_rgb(tiny, {16, 16, std::vector<std::uint8_t>(16 * 16 * 3)}, "here"));
  EXPECT_THROW(from_rgb(tiny, {16, 8, std::vector<std::uint8_t>(16 * 8 * 3)}, "here"), FileError);
  EXPECT_THROW(from_rgb(tiny, {4, 4, std::vector<std::uint8_t>(4 * 4 * 3)}, "here"), FileError);
  EXPECT_THROW(from_rgb(tiny, {12, 12, std::vector<std::uint8_t>(12 * 12 * 3)}, "here"), FileError);
}

TEST(ToRgb, ClampsAndScales) {
  Image image{1, 1, {-3.0f, 0.2f, 1.0f}};
  EXPECT_EQ(to_rgb(image).rgb, (std::vector<std::uint8_t>{0, 153, 255}));
  EXPECT_EQ(to_rgb(image, 2).rgb.size(), 12u);
}

TEST(AnsiBlocks, ShowsTwoRowsOfPixelsALine) {
  Image image{1, 2, {1, -1, -1, 1, -1, -1}};  // red over green
  EXPECT_EQ(ansi_blocks(image), "\x1b[38;2;255;0;0m\x1b[48;2;0;255;0m\xe2\x96\x80\x1b[0m\n");
}

}  // namespace
}  // namespace lidit::scenes
