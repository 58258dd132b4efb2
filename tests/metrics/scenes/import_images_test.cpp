#include "metrics/scenes/import_images.h"

#include <gmock/gmock.h>

#include "metrics/scenes/export_world.h"
#include "metrics/scenes/score.h"
#include "results/files.h"
#include "results/png.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::scenes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Import : public testing::Test {
 protected:
  std::vector<Example> examples(const std::string& split, std::int64_t count) const {
    std::vector<Example> all;
    for (std::int64_t i = 0; i < count; ++i) all.push_back(world.example(split, i));
    return all;
  }
  std::string refusal(const World& wanted, const std::string& split, std::int64_t count) const {
    return file_error_of(
        [&] { import_images(wanted, split, examples(split, count), folder.path() / "w"); });
  }

  const World world{{.preset = "tiny"}};
  const TemporaryFolder folder;
};

TEST_F(Import, ReadsBackWhatWasExportedAtAnySize) {
  export_world(world, "seen", 4, folder.path() / "w", 5);
  const auto wanted = examples("seen", 3);
  const auto images = import_images(world, "seen", wanted, folder.path() / "w");
  ASSERT_EQ(images.size(), 3u);
  for (std::size_t i = 0; i < images.size(); ++i)
    EXPECT_EQ(score(world.preset(), wanted[i].caption, world.read(*images[i])).all, 1);
  EXPECT_THAT(imported_splits(folder.path() / "w"), ElementsAre("seen"));
  EXPECT_EQ(read_world_file(folder.path() / "w").prompts, 4);
}

TEST_F(Import, FindsEachSplitInAFolderOfItsOwn) {
  export_world(world, "seen", 1, folder.path() / "w" / "seen");
  export_world(world, "structures", 1, folder.path() / "w" / "structures");
  EXPECT_THAT(imported_splits(folder.path() / "w"), ElementsAre("seen", "structures"));
  EXPECT_EQ(split_folder(folder.path() / "w", "structures"), folder.path() / "w" / "structures");
}

TEST_F(Import, GivesNothingWhereThereIsNoPicture) {
  export_world(world, "seen", 2, folder.path() / "w", 0);
  EXPECT_FALSE(fs::exists(folder.path() / "w" / "images" / "000000.png"));
  for (const auto& image : import_images(world, "seen", examples("seen", 2), folder.path() / "w"))
    EXPECT_FALSE(image);
}

TEST_F(Import, RefusesAnotherWorldAnotherSplitAndFewerPrompts) {
  export_world(world, "seen", 2, folder.path() / "w");
  EXPECT_THAT(refusal(World({.preset = "tiny", .seed = 1}), "seen", 1), HasSubstr("drawn for '"));
  EXPECT_THAT(refusal(world, "structures", 1), HasSubstr("drawn for the split 'seen'"));
  EXPECT_THAT(refusal(world, "seen", 3), HasSubstr("2 prompts, but wanted are 3"));
}

TEST_F(Import, RefusesBrokenPicturesAndFiles) {
  export_world(world, "seen", 1, folder.path() / "w");
  const fs::path picture = folder.path() / "w" / "images" / "000000.png";
  write_png(picture, lidit::Image{3, 3, std::vector<std::uint8_t>(27)});
  EXPECT_THAT(refusal(world, "seen", 1), HasSubstr("3x3 pixels"));
  write_file(picture, "no picture");
  EXPECT_THAT(refusal(world, "seen", 1), HasSubstr("not a readable PNG"));
  write_file(folder.path() / "w" / "world.json", "{\"preset\": \"tiny\"}");
  EXPECT_THAT(refusal(world, "seen", 1), HasSubstr("world.json"));
  write_file(folder.path() / "w" / "world.json", "{\"preset\": ");
  EXPECT_THAT(refusal(world, "seen", 1), HasSubstr("world.json"));
  EXPECT_THAT(file_error_of([&] { imported_splits(folder.path() / "none"); }),
              HasSubstr("no such folder"));
}

TEST_F(Import, HashesWhatThePicturesShow) {
  export_world(world, "seen", 2, folder.path() / "w");
  const std::vector<std::string> splits = {"seen"};
  const std::string before = hash_imported(folder.path() / "w", splits);
  fs::copy_file(folder.path() / "w" / "images" / "000000.png",
                folder.path() / "w" / "images" / "000001.png",
                fs::copy_options::overwrite_existing);
  EXPECT_NE(hash_imported(folder.path() / "w", splits), before);
}

}  // namespace
}  // namespace lidit::scenes
