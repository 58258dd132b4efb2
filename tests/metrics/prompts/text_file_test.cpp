#include "metrics/prompts/text_file.h"

#include <gmock/gmock.h>

#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using testing::HasSubstr;

// "abc\n" as `printf 'abc\n' | gzip -n` packs it.
constexpr std::string_view kPacked(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c\x4a\xe6\x02\x00\x4e\x81\x88\x47\x04\x00\x00"
    "\x00",
    24);

TEST(TextFile, IsReadFromGzipWhereThePlainFileIsNotThere) {
  const TemporaryFolder folder;
  folder.write("a.txt.gz", kPacked);
  EXPECT_EQ(read_text(folder.path() / "a.txt"), "abc\n");
  EXPECT_EQ(read_text(folder.path() / "a.txt.gz"), "abc\n");
  folder.write("a.txt", "plain");
  EXPECT_EQ(read_text(folder.path() / "a.txt"), "plain");
}

TEST(TextFile, RefusesBrokenGzipAndABomb) {
  const auto refusal = [](std::string_view bytes, std::uint64_t limit) {
    return file_error_of([&] { unpack_gzip(bytes, "f.gz", limit); });
  };
  EXPECT_EQ(refusal(kPacked.substr(0, 20), 100), "f.gz: broken or truncated gzip data");
  EXPECT_EQ(refusal("not gzip at all", 100), "f.gz: broken or truncated gzip data");
  EXPECT_EQ(refusal(kPacked, 3), "f.gz unpacks to more than 3 bytes");
  EXPECT_EQ(refusal(std::string(kPacked) + "x", 100),
            "f.gz: bytes follow the end of the gzip data");
}

TEST(TextFile, SplitsLinesOfBothKindsAndKeepsTheirNumbers) {
  const auto lines = split_lines(
      "\xEF\xBB\xBF"
      "one\r\n\ntwo");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_EQ(lines[1].text, "");
  EXPECT_EQ(lines[2].text, "two");
  EXPECT_EQ(lines[2].number, 3);
}

TEST(TextFile, AMissingFileIsNamed) {
  EXPECT_THAT(file_error_of([] { read_text("no/such/file.txt"); }),
              HasSubstr("cannot read no/such/file.txt"));
}

}  // namespace
}  // namespace lidit::benchmarks
