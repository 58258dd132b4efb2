#include "encoders/weights/shard_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class ShardIndex : public testing::Test {
 protected:
  std::filesystem::path index(std::string_view text) const { return folder.write("i.json", text); }
  const TemporaryFolder folder;
};

TEST_F(ShardIndex, NamesEachFileOnceInOrder) {
  const auto a = folder.write("a.safetensors", ""), b = folder.write("b.safetensors", "");
  EXPECT_THAT(read_shard_index(index(R"({"metadata": {"total_size": 1}, "weight_map":
                                     {"x": "b.safetensors", "y": "a.safetensors",
                                      "z": "b.safetensors"}})")),
              ElementsAre(a, b));
}

TEST_F(ShardIndex, RefusesFilesOutsideOfItsFolder) {
  for (const std::string name :
       {"../a.safetensors", "/etc/a.safetensors", "deep/a.safetensors", "passwd", "", ".."})
    EXPECT_THAT([&] { read_shard_index(index(R"({"weight_map": {"x": ")" + name + "\"}}")); },
                ThrowsMessage<FileError>(HasSubstr("'x' is in \"" + name)));
  EXPECT_THAT([&] { read_shard_index(index(R"({"weight_map": {"x": 3}})")); },
              ThrowsMessage<FileError>(HasSubstr("'x' is in a number")));
}

TEST_F(ShardIndex, ListsFilesThatAreMissing) {
  folder.write("a.safetensors", "");
  EXPECT_THAT(
      [&] {
        read_shard_index(index(R"({"weight_map": {"x": "a.safetensors", "y": "c.safetensors",
                                             "z": "b.safetensors"}})"));
      },
      ThrowsMessage<FileError>(HasSubstr("not there: b.safetensors, c.safetensors")));
  const std::string longest(1000, 'n');  // longer than a file can be called
  EXPECT_THAT(
      [&] { read_shard_index(index(R"({"weight_map": {"x": ")" + longest + ".safetensors\"}}")); },
      ThrowsMessage<FileError>(HasSubstr("not there: nnn")));
}

TEST_F(ShardIndex, RefusesWhatIsNoIndex) {
  for (const char* text : {"", "[]", "{", "{}", R"({"weight_map": {}})", R"({"weight_map": []})"})
    EXPECT_THROW(read_shard_index(index(text)), FileError) << text;
}

}  // namespace
}  // namespace lidit
