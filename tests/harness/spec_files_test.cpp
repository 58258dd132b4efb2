#include "harness/spec_files.h"

#include <gmock/gmock.h>

#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

class SpecFiles : public ::testing::Test {
 protected:
  SpecFiles() {
    std::filesystem::create_directories(home.specs());
    folder.write("ablations/specs/quick.toml", "");
    folder.write("ablations/specs/README.md", "");
  }
  const TemporaryFolder folder;
  const Home home{.root = folder.path() / "home", .source = folder.path()};
};

TEST_F(SpecFiles, AreKnownByTheirNames) {
  EXPECT_THAT(spec_names(home), testing::ElementsAre("quick"));
  EXPECT_EQ(find_spec("quick", home), home.specs() / "quick.toml");
}

TEST_F(SpecFiles, MayBeAnywhere) {
  const std::filesystem::path own = folder.write("own.toml", "");
  EXPECT_EQ(find_spec(own.string(), home), own);
}

TEST_F(SpecFiles, AreNamedWhenOneIsUnknown) {
  try {
    find_spec("quik", home);
    FAIL() << "no mistake";
  } catch (const UserError& mistake) {
    EXPECT_THAT(mistake.what(), testing::HasSubstr("did you mean 'quick'?"));
  }
}

}  // namespace
}  // namespace lidit
