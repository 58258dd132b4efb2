#include "encoders/weights/safetensors_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "tests/support/file_error.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string file_of(const std::string& header, std::size_t data = 0) {
  const std::uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + header +
         std::string(data, 'x');
}

std::span<const std::byte> bytes_of(const std::string& file) {
  return std::as_bytes(std::span(file));
}

std::string error_of(const std::string& file) {
  return file_error_of([&] { parse_safetensors(bytes_of(file), "x.safetensors"); });
}

std::string tensor(const std::string& name, const std::string& shape, int begin, int end,
                   const std::string& type = "F32") {
  return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}

TEST(SafetensorsReader, ReadsTensorsInTheOrderOfTheirDataAndMetadata) {
  const std::string file =
      file_of("{\"__metadata__\":{\"k\":\"v\"}," + tensor("a", "[2]", 4, 12) + "," +
                  tensor("b", "[]", 0, 4) + "," + tensor("none", "[0,3]", 12, 12) + "}  ",
              12);
  const WeightContents contents = parse_safetensors(bytes_of(file), "x");
  ASSERT_EQ(contents.tensors.size(), 3u);
  EXPECT_EQ(contents.tensors[0].name, "b");
  EXPECT_EQ(contents.tensors[0].count(), 1);
  EXPECT_EQ(contents.tensors[1].name, "a");
  EXPECT_EQ(contents.tensors[1].data.size(), 8u);
  EXPECT_EQ(contents.tensors[2].count(), 0);
  EXPECT_EQ(std::get<std::string>(contents.metadata.at("k")), "v");
}

TEST(SafetensorsReader, ReadsTensorsAtOddOffsets) {
  const std::string file = file_of(
      "{" + tensor("a", "[1]", 0, 1, "U8") + "," + tensor("b", "[2]", 1, 5, "BF16") + "}", 5);
  const WeightContents contents = parse_safetensors(bytes_of(file), "x");
  EXPECT_EQ(contents.tensors[1].type, StorageType::bf16);
  EXPECT_EQ(contents.tensors[1].data.data() - contents.tensors[0].data.data(), 1);
}

TEST(SafetensorsReader, RefusesEveryTruncation) {
  const std::string whole = file_of("{" + tensor("a", "[3]", 0, 12) + "}", 12);
  ASSERT_EQ(error_of(whole), "(no error)");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(error_of(whole.substr(0, size)), StartsWith("x.safetensors: ")) << size;
}

TEST(SafetensorsReader, RefusesHeaderLengthsThatLie) {
  std::string file = file_of("{}");
  const auto with_length = [&](std::uint64_t size) {
    std::memcpy(file.data(), &size, sizeof(size));
    return error_of(file);
  };
  EXPECT_THAT(with_length(3), HasSubstr("ends in the middle of the header"));
  EXPECT_THAT(with_length(100'000'001), HasSubstr("header of 100000001 bytes"));
  EXPECT_THAT(with_length(std::numeric_limits<std::uint64_t>::max()), HasSubstr("claims a header"));
}

TEST(SafetensorsReader, RefusesGapsOverlapsAndTrailingBytes) {
  EXPECT_THAT(error_of(file_of("{" + tensor("a", "[1]", 4, 8) + "}", 8)), HasSubstr("gap"));
  EXPECT_THAT(
      error_of(file_of("{" + tensor("a", "[2]", 0, 8) + "," + tensor("b", "[2]", 4, 12) + "}", 12)),
      HasSubstr("overlaps"));
  EXPECT_THAT(
      error_of(file_of("{" + tensor("a", "[1]", 0, 4) + "," + tensor("b", "[1]", 0, 4) + "}", 4)),
      HasSubstr("overlaps"));
  EXPECT_THAT(error_of(file_of("{" + tensor("a", "[1]", 0, 4) + "}", 5)),
              HasSubstr("1 bytes behind"));
}

TEST(SafetensorsReader, RefusesSizesThatAreNotTheShapes) {
  EXPECT_THAT(error_of(file_of("{" + tensor("a", "[2]", 0, 4) + "}", 4)),
              HasSubstr("not the size"));
  EXPECT_THAT(error_of(file_of("{" + tensor("a", "[1]", 4, 0) + "}", 4)),
              HasSubstr("not the size"));
  const std::string overflow = tensor("a", "[4294967296,4294967296]", 0, 0);
  EXPECT_THAT(error_of(file_of("{" + overflow + "}")), HasSubstr("not the size"));
  // The product wraps to 0 elements when 2^32 * 2^32 is taken modulo 2^64.
  EXPECT_THAT(error_of(file_of("{" + tensor("a", "[4611686018427387904,4]", 0, 0) + "}")),
              HasSubstr("not the size"));
  EXPECT_THAT(error_of(file_of("{" + tensor("a", "[4611686018427387904,4,0]", 0, 0) + "}")),
              HasSubstr("not the size"));
}

TEST(SafetensorsReader, RefusesNumbersThatAreNoSizes) {
  for (const char* size : {"-1", "1.0", "1e3", "\"1\"", "null", "9223372036854775808",
                           "99999999999999999999999", "[1]"})
    EXPECT_THAT(error_of(file_of("{" + tensor("a", std::string("[") + size + "]", 0, 4) + "}", 4)),
                HasSubstr("no whole number"))
        << size;
}

TEST(SafetensorsReader, RefusesDuplicateNamesAtEveryLevel) {
  EXPECT_THAT(
      error_of(file_of("{" + tensor("a", "[1]", 0, 4) + "," + tensor("a", "[1]", 4, 8) + "}", 8)),
      HasSubstr("'a' is given twice"));
  EXPECT_THAT(error_of(file_of("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F16\"}}")),
              HasSubstr("'dtype' is given twice"));
}

TEST(SafetensorsReader, RefusesHeadersOfAnotherForm) {
  for (const char* header :
       {"[]", "{\"a\":1}", "{\"a\":{}}", "{\"__metadata__\":1}", "{\"__metadata__\":{\"k\":1}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "{\"a\":{\"dtype\":1,\"shape\":[1]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", "{\"\xFF\":1}", "{",
        "{}}", "{\"a\":[[[[[1]]]]]}", "{\"\":{}}"})
    EXPECT_THAT(error_of(file_of(header, 4)), StartsWith("x.safetensors: ")) << header;
  const std::string deep = "{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
  EXPECT_THAT(error_of(file_of(deep)), HasSubstr("nested deeper than 4"));
}

TEST(SafetensorsReader, NamesAnUnsupportedTypeAndTheSupportedOnes) {
  EXPECT_THAT(
      error_of(file_of("{" + tensor("a", "[1]", 0, 1, "F8_E4M3") + "}", 1)),
      HasSubstr("tensor 'a' is stored as F8_E4M3, which is not supported; supported are F32, "
                "F16, BF16, I32, I64, U8"));
  EXPECT_THAT(error_of(file_of("{" + tensor("a", "[32]", 0, 34, "Q8_0") + "}", 34)),
              HasSubstr("not supported"));
}

}  // namespace
}  // namespace lidit
