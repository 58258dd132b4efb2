#include "encoders/weights/gguf_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/file_error.h"
#include "tests/support/gguf_builder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint32_t kF32 = 0, kQ8_0 = 8, kQ4_K = 12, kQ2_K = 10;
constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

std::string error_of(const GgufBuilder& file) {
  return file_error_of([&] { parse_gguf(file.bytes(), "x.gguf"); });
}

/// One F32 tensor 'w' of 2 x 3 with its data.
GgufBuilder small_file(std::uint32_t version = 3) {
  GgufBuilder file(1, 1, version);
  file.value("general.architecture", "tiny").tensor("w", {3, 2}, kF32, 0).pad(32);
  for (const float x : {1.f, 2.f, 3.f, 4.f, 5.f, 6.f}) file.number(x);
  return file;
}

/// A header with one tensor of this description, followed by `data` bytes.
GgufBuilder with_tensor(const std::vector<std::uint64_t>& sizes, std::uint32_t type,
                        std::uint64_t offset, std::size_t data = 64) {
  GgufBuilder file(1, 0);
  file.tensor("w", sizes, type, offset).pad(32).text(std::string(data, '\0'));
  return file;
}

TEST(GgufReader, ReadsVersionsTwoAndThree) {
  for (const std::uint32_t version : {2u, 3u}) {
    const GgufBuilder file = small_file(version);
    const WeightContents contents = parse_gguf(file.bytes(), "x.gguf");
    ASSERT_EQ(contents.tensors.size(), 1u);
    EXPECT_EQ(contents.tensors[0].name, "w");
    EXPECT_EQ(contents.tensors[0].shape, (std::vector<std::int64_t>{2, 3}));  // rows first
    float last;
    std::memcpy(&last, contents.tensors[0].data.data() + 20, 4);
    EXPECT_EQ(last, 6);
    EXPECT_EQ(std::get<std::string>(contents.metadata.at("general.architecture")), "tiny");
  }
}

TEST(GgufReader, RefusesEveryTruncation) {
  const std::string whole = small_file().str();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(error_of(GgufBuilder().text(whole.substr(0, size))), StartsWith("x.gguf: "))
        << size;
}

TEST(GgufReader, RefusesOtherVersionsByNumber) {
  EXPECT_THAT(error_of(small_file(1)), HasSubstr("GGUF version 1; supported are 2 and 3"));
  EXPECT_THAT(error_of(small_file(4)), HasSubstr("GGUF version 4"));
  EXPECT_THAT(error_of(small_file(0x03000000)), HasSubstr("little-endian"));
}

TEST(GgufReader, RefusesCountsThatTheFileCannotHold) {
  EXPECT_THAT(error_of(GgufBuilder(kHuge, 0)), HasSubstr("tensors, more than"));
  EXPECT_THAT(error_of(GgufBuilder(0, kHuge)), HasSubstr("key-values, more than"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).key("k", 8).number(kHuge)), HasSubstr("value 'k'"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).number(kHuge).pad(64)),
              HasSubstr("in the middle of key 0"));
  for (const std::uint32_t element : {0u, 5u, 8u, 12u})
    EXPECT_THAT(error_of(GgufBuilder(0, 1).key("k", 9).number(element).number(kHuge)),
                HasSubstr("more than its"))
        << element;
}

TEST(GgufReader, RefusesDuplicateNames) {
  EXPECT_THAT(error_of(GgufBuilder(0, 2).value("k", 1u).value("k", 2u)),
              HasSubstr("key 'k' appears twice"));
  GgufBuilder file(2, 0);
  file.tensor("w", {1}, kF32, 0).tensor("w", {1}, kF32, 32).pad(32).text(std::string(64, '\0'));
  EXPECT_THAT(error_of(file), HasSubstr("tensor 'w' appears twice"));
}

TEST(GgufReader, RefusesATensorThatEndsBeyondTheFile) {
  EXPECT_EQ(error_of(with_tensor({16}, kF32, 0)), "(no error)");
  EXPECT_THAT(error_of(with_tensor({17}, kF32, 0)), HasSubstr("'w' ends beyond the file"));
  EXPECT_THAT(error_of(with_tensor({16}, kF32, 32)), HasSubstr("'w' ends beyond the file"));
  EXPECT_THAT(error_of(with_tensor({16}, kF32, kHuge - 31)), HasSubstr("ends beyond the file"));
}

TEST(GgufReader, RefusesShapesWhoseProductOverflows) {
  const std::uint64_t big = 1ull << 32;
  EXPECT_THAT(error_of(with_tensor({big, big}, kF32, 0)), HasSubstr("impossible shape"));
  EXPECT_THAT(error_of(with_tensor({1ull << 62}, kF32, 0)), HasSubstr("impossible shape"));
  EXPECT_THAT(error_of(with_tensor({kHuge}, kF32, 0)), HasSubstr("beyond 63 bits"));
  EXPECT_THAT(error_of(with_tensor({1ull << 62, 2}, kQ8_0, 0)), HasSubstr("impossible shape"));
}

TEST(GgufReader, RefusesNoneTooManyAndZeroDimensions) {
  EXPECT_THAT(error_of(with_tensor({}, kF32, 0)), HasSubstr("0 dimensions"));
  EXPECT_THAT(error_of(with_tensor({1, 1, 1, 1, 1}, kF32, 0)), HasSubstr("5 dimensions"));
  EXPECT_THAT(error_of(with_tensor({4, 0}, kF32, 0)), HasSubstr("dimension of size 0"));
}

TEST(GgufReader, RefusesRowsThatAreNoWholeNumberOfBlocks) {
  EXPECT_EQ(error_of(with_tensor({32}, kQ8_0, 0)), "(no error)");
  EXPECT_THAT(error_of(with_tensor({16, 2}, kQ8_0, 0)), HasSubstr("impossible shape (2, 16)"));
  EXPECT_THAT(error_of(with_tensor({32, 8}, kQ4_K, 0)), HasSubstr("impossible shape (8, 32)"));
}

TEST(GgufReader, NamesAnUnsupportedQuantisationAndTheSupportedOnes) {
  EXPECT_THAT(error_of(with_tensor({256}, kQ2_K, 0)),
              HasSubstr("tensor 'w' is stored as Q2_K, which is not supported; supported are F32, "
                        "F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K, I32, I64"));
  EXPECT_THAT(error_of(with_tensor({256}, 77, 0)), HasSubstr("stored as type 77"));
}

TEST(GgufReader, HonoursTheAlignmentAndRefusesABadOne) {
  const auto aligned = [](std::uint32_t alignment, std::uint64_t offset) {
    GgufBuilder file(1, 1);
    file.value("general.alignment", alignment).tensor("w", {1}, kF32, offset);
    return file.pad(64).text(std::string(128, '\0'));
  };
  EXPECT_EQ(error_of(aligned(64, 64)), "(no error)");
  EXPECT_THAT(error_of(aligned(64, 32)), HasSubstr("no multiple of 64"));
  EXPECT_THAT(error_of(aligned(0, 0)), HasSubstr("power of two"));
  EXPECT_THAT(error_of(aligned(24, 0)), HasSubstr("power of two"));
  EXPECT_THAT(error_of(aligned(1u << 31, 0)), HasSubstr("power of two"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).value("general.alignment", "32")),
              HasSubstr("power of two"));
}

TEST(GgufReader, RefusesTensorsThatOverlap) {
  GgufBuilder file(2, 0);
  file.tensor("a", {16}, kF32, 0).tensor("b", {8}, kF32, 32).pad(32).text(std::string(64, '\0'));
  EXPECT_THAT(error_of(file), HasSubstr("'a' and 'b' overlap"));
}

TEST(GgufReader, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(error_of(GgufBuilder(0, 1).value("\xFF", 1u)), HasSubstr("key 0 is not UTF-8"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).value("k", "\xC3")), HasSubstr("'k' is not UTF-8"));
  GgufBuilder file(1, 0);
  EXPECT_THAT(error_of(file.tensor("\x80", {1}, kF32, 0).pad(32).text("....")),
              HasSubstr("name is not UTF-8"));
}

TEST(GgufReader, RefusesListsOfListsAndUnknownValueTypes) {
  EXPECT_THAT(error_of(GgufBuilder(0, 1).key("k", 9).number(9u).number(std::uint64_t{0})),
              HasSubstr("list of lists"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).key("k", 13).number(9u)), HasSubstr("value type 13"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).key("k", 9).number(99u).number(std::uint64_t{0})),
              HasSubstr("value type 99"));
}

TEST(GgufReader, RefusesValuesThatFitNoField) {
  EXPECT_THAT(error_of(GgufBuilder(0, 1).key("k", 10).number(kHuge)), HasSubstr("beyond 63 bits"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).key("k", 7).number(std::uint8_t{2})),
              HasSubstr("neither true nor false"));
  EXPECT_THAT(error_of(GgufBuilder(0, 1).value("", 1u)), HasSubstr("key 0 is empty"));
}

TEST(GgufReader, ReadsMetadataOfAFileWhoseTensorsAreNotSupported) {
  GgufBuilder file(1, 1);
  file.value("k", 5u).tensor("w", {256}, kQ2_K, 0).pad(32);
  EXPECT_EQ(std::get<std::int64_t>(parse_gguf_metadata(file.bytes(), "x").at("k")), 5);
}

}  // namespace
}  // namespace lidit
