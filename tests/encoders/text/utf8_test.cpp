#include "encoders/text/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace lidit {
namespace {

TEST(Utf8, WritesAndReadsEveryScalarValue) {
  for (char32_t value = 0; value < 0x110000; ++value) {
    if (value >= 0xD800 && value < 0xE000) continue;
    std::string text;
    append_utf8(text, value);
    const CodePoint point = code_point_at(text, 0);
    ASSERT_TRUE(point.valid && point.value == value && point.size == text.size())
        << static_cast<std::uint32_t>(value);
  }
}

TEST(Utf8, RefusesWhatIsNoShortestFormOfAScalarValue) {
  for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                           "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3(", "\xE2(\x82"})
    EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(std::string(text));
}

TEST(Utf8, KnowsUnicodesWhiteSpace) {
  int count = 0;
  for (char32_t value = 0; value < 0x110000; ++value) count += is_white_space(value);
  EXPECT_EQ(count, 25);  // PropList.txt
  EXPECT_TRUE(is_white_space(0x3000));
  EXPECT_FALSE(is_white_space(0x180E));
  EXPECT_FALSE(is_white_space(0x200B));
}

}  // namespace
}  // namespace lidit
