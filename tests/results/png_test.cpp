#include "results/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/files.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Image stripes() {
  Image image{7, 3, {}};
  for (int i = 0; i < 7 * 3 * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * 4));
  return image;
}

TEST(Png, ReadsBackExactlyWhatWasWritten) {
  const TemporaryFolder folder;
  write_png(folder.path() / "stripes.png", stripes());
  EXPECT_EQ(read_png(folder.path() / "stripes.png"), stripes());
  EXPECT_EQ(encode_png(stripes()), encode_png(stripes()));
}

TEST(Png, RefusesEveryTruncatedFile) {
  const std::string bytes = encode_png(stripes());
  for (std::size_t size = 0; size + 12 < bytes.size();
       ++size)  // the last 12 bytes are the end mark
    EXPECT_THROW(decode_png(std::string_view(bytes).substr(0, size), "cut.png"), FileError) << size;
}

TEST(Png, NeverCrashesOnAChangedByte) {
  const std::string bytes = encode_png(stripes());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    try {
      decode_png(changed, "changed.png");
    } catch (const FileError&) {  // most of them
    }
  }
}

TEST(Png, RefusesAHeaderThatClaimsMoreThanTheFileCanHold) {
  std::string bytes = encode_png(stripes());
  bytes.replace(16, 8, std::string("\0\0\x40\0\0\0\x40\0", 8));  // 16,384 x 16,384, and its CRC
  bytes.replace(29, 4, std::string("\x26\xAA\x87\xD3", 4));
  EXPECT_THAT([&] { decode_png(bytes, "claim.png"); },
              ThrowsMessage<FileError>(HasSubstr("16384 x 16384 pixels cannot be in")));
  bytes.replace(16, 8, std::string("\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF", 8));
  EXPECT_THROW(decode_png(bytes, "claim.png"), FileError);
  EXPECT_THAT([] { decode_png("hello, this is a text", "text.png"); },
              ThrowsMessage<FileError>(HasSubstr("text.png: not a readable PNG")));
}

TEST(Png, RefusesToWriteAnImageWhoseSizesDisagree) {
  EXPECT_THROW(encode_png(Image{2, 2, std::vector<std::uint8_t>(11)}), std::logic_error);
  EXPECT_THROW(encode_png(Image{}), std::logic_error);
}

}  // namespace
}  // namespace lidit
