#include "encoders/weights/weight_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;

const std::filesystem::path kGolden = std::filesystem::path(LIDIT_GOLDEN_DIR) / "weights";

std::string error_of(const std::filesystem::path& path) {
  return file_error_of([&] { WeightFile::open(path); });
}

TEST(WeightFile, ReadsMetadataOfEveryTypeAsTheGgufPackageWroteIt) {
  const auto file = WeightFile::open(kGolden / "random.gguf");
  const auto expect = [&](const char* key, const Value& value) {
    EXPECT_EQ(file->metadata().at(key), value) << key;
  };
  using std::int64_t;
  expect("kv.u8", int64_t{200});
  expect("kv.i8", int64_t{-100});
  expect("kv.u16", int64_t{60000});
  expect("kv.i16", int64_t{-30000});
  expect("kv.u32", int64_t{4000000000});
  expect("kv.i32", int64_t{-2000000000});
  expect("kv.u64", std::numeric_limits<int64_t>::max());
  expect("kv.i64", std::numeric_limits<int64_t>::min());
  expect("kv.f32", double{0.1f});
  expect("kv.f64", 0.1);
  expect("kv.bool", true);
  expect("kv.string", std::string("gr\u00fcn"));
  expect("kv.strings", std::vector<std::string>{"a", "", "\u65e5"});
  expect("kv.integers", std::vector<int64_t>{1, -2, 3});
  expect("kv.floats", std::vector<double>{0.5, -1.25});
}

TEST(WeightFile, ReadsSafetensorsWrittenByTheReferenceImplementation) {
  const auto file = WeightFile::open(kGolden / "random.safetensors");
  EXPECT_EQ(std::get<std::string>(file->metadata().at("made_by")), "make_golden.py");
  ASSERT_NE(file->find("blocks.q4_1"), nullptr);
  EXPECT_EQ(file->find("blocks.q4_1")->shape, (std::vector<std::int64_t>{6, 96}));
  EXPECT_EQ(file->find("blocks"), nullptr);
  EXPECT_EQ(file->path(), kGolden / "random.safetensors");
}

TEST(WeightFile, SaysWhatIsWrongWithAPathThatIsNoWeightFile) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_of(folder.path() / "absent"), HasSubstr("cannot be read: No such file"));
  EXPECT_THAT(error_of(folder.path()), HasSubstr("not a regular file"));
  EXPECT_THAT(error_of(folder.write("empty", "")), HasSubstr("is empty"));
  EXPECT_THAT(error_of(folder.write("text", "hello, weights")),
              HasSubstr("neither a GGUF nor a safetensors file"));
}

}  // namespace
}  // namespace lidit
