#include "results/jpeg.h"

#include <gmock/gmock.h>

#include "results/files.h"
#include "results/image_file.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kGolden = fs::path(LIDIT_GOLDEN_DIR) / "images";

std::string golden(const std::string& name) { return read_file(kGolden / name, 1 << 20); }
std::string mistake(const std::string& bytes) {
  return file_error_of([&] { decode_jpeg(bytes, "cut.jpg"); });
}
/// Where the size of a picture stands in its header: the frame's marker, baseline or progressive.
std::size_t place_of_size(const std::string& bytes) {
  const std::size_t baseline = bytes.find("\xFF\xC0");
  return (baseline == bytes.npos ? bytes.find("\xFF\xC2") : baseline) + 5;
}

class GoldenJpeg : public testing::TestWithParam<const char*> {
 protected:
  std::string bytes() const { return golden(GetParam() + std::string(".jpg")); }
};

TEST_P(GoldenJpeg, GivesThePixelsThatPillowGivesToTheBit) {
  EXPECT_EQ(decode_jpeg(bytes(), "g"), read_png(kGolden / (GetParam() + std::string(".png"))));
}

TEST_P(GoldenJpeg, CutAnywhereIsRefusedInOneSentence) {
  const std::string whole = bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(mistake(whole.substr(0, size)), HasSubstr("cut.jpg: not a readable JPEG: "))
        << size;
}

TEST_P(GoldenJpeg, WithoutAQuarterOfItsMiddleIsRefusedThoughBothEndsAreWhole) {
  std::string broken = bytes();
  broken.erase(broken.size() * 5 / 8, broken.size() / 4);
  EXPECT_THAT(mistake(broken), HasSubstr("cut.jpg: not a readable JPEG: "));
}

TEST_P(GoldenJpeg, NeverCrashesOnAChangedByte) {
  const std::string whole = bytes();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    EXPECT_THAT(mistake(changed), testing::Not(HasSubstr("another exception"))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenJpeg,
                         testing::Values("baseline", "full_colour", "progressive", "restarts",
                                         "grey", "grey_progressive"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Jpeg, OfFourColoursIsRefused) {
  EXPECT_THAT(mistake(golden("four_colours.jpg")),
              HasSubstr("4 colours a pixel, where 1 (grey) or 3 can be read"));
}

TEST(Jpeg, ThatClaimsMoreThanItCanHoldIsRefusedBeforeRoomIsMadeForIt) {
  std::string large = golden("grey.jpg");
  large.replace(place_of_size(large), 4, "\x40\x00\x40\x00", 4);
  EXPECT_THAT(mistake(large), HasSubstr("16384 x 16384 pixels cannot be in "));
  large.replace(place_of_size(large), 4, "\x00\x08\x40\x01", 4);
  EXPECT_THAT(mistake(large), HasSubstr("16385 x 8 pixels, the longest side is 16384"));
}

TEST(Jpeg, OfAThousandScansIsRefused) {
  std::string bytes = golden("grey_progressive.jpg");
  const std::size_t begin = bytes.find("\xFF\xDA");
  bytes[begin + 9] = 0;  // the first scan holds all bits of the first coefficient
  std::size_t end = begin + 10;
  while (bytes[end] != '\xFF' || bytes[end + 1] == '\0') ++end;
  const std::string scan = bytes.substr(begin, end - begin);
  bytes.resize(begin);
  for (int i = 0; i < 1000; ++i) bytes += scan;
  EXPECT_THAT(mistake(bytes + "\xFF\xD9"), HasSubstr("more than 500 scans"));
}

TEST(ImageFile, IsReadByWhatItHoldsNotByItsName) {
  const TemporaryFolder folder;
  folder.write("a.png", golden("baseline.jpg"));
  folder.write("b.jpg", golden("baseline.png"));
  EXPECT_EQ(read_image(folder.path() / "a.png"), read_image(folder.path() / "b.jpg"));
  EXPECT_THAT(file_error_of([] { decode_image("GIF89a", "c.jpg"); }),
              testing::EndsWith("c.jpg: neither PNG nor JPEG"));
}

}  // namespace
}  // namespace lidit
