#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>

#include "encoders/weights/weight_file.h"
#include "tests/support/gguf_builder.h"

namespace lidit {
namespace {

const std::filesystem::path kGolden = std::filesystem::path(LIDIT_GOLDEN_DIR) / "weights";

std::vector<float> values_of(const TensorView& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.count()));
  dequantize(tensor, values);
  return values;
}

std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

TEST(Dequantize, EqualsTheGgufPackageBitForBitForEveryStorageType) {
  const auto stored = WeightFile::open(kGolden / "random.gguf");
  const auto expected = WeightFile::open(kGolden / "random.safetensors");
  ASSERT_EQ(stored->tensors().size(), 13u);
  for (const TensorView& tensor : stored->tensors()) {
    const TensorView* reference = expected->find(tensor.name);
    ASSERT_NE(reference, nullptr) << tensor.name;
    EXPECT_EQ(tensor.shape, reference->shape) << tensor.name;
    EXPECT_EQ(bits_of(values_of(tensor)), bits_of(values_of(*reference))) << tensor.name;
  }
}

// (-1)^s 2^(e - 15) (1 + m / 1024), by the definition of binary16.
double half_by_definition(std::uint16_t half) {
  const int exponent = half >> 10 & 31, mantissa = half & 1023;
  const double sign = half >> 15 ? -1 : 1;
  if (exponent == 31)
    return mantissa ? std::numeric_limits<double>::quiet_NaN()
                    : sign * std::numeric_limits<double>::infinity();
  return sign * (exponent ? std::ldexp(1024 + mantissa, exponent - 25) : std::ldexp(mantissa, -24));
}

TEST(Dequantize, ConvertsEveryHalfExactly) {
  std::vector<std::uint16_t> halves(65536);
  std::iota(halves.begin(), halves.end(), std::uint16_t{0});
  const TensorView tensor{"h", StorageType::f16, {65536}, std::as_bytes(std::span(halves))};
  const auto values = values_of(tensor);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    const double expected = half_by_definition(halves[i]);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(values[i])) << i;
    } else {
      ASSERT_EQ(values[i], expected) << i;
      ASSERT_EQ(std::signbit(values[i]), std::signbit(expected)) << i;
    }
  }
}

TEST(Dequantize, ReadsDataThatIsNotAligned) {
  std::string bytes = "?";
  for (const float x : {1.5f, -2.f, 0.25f}) bytes.append(reinterpret_cast<const char*>(&x), 4);
  const TensorView tensor{"u", StorageType::f32, {3}, std::as_bytes(std::span(bytes)).subspan(1)};
  EXPECT_THAT(values_of(tensor), testing::ElementsAre(1.5f, -2.f, 0.25f));
}

TEST(Dequantize, RefusesAnOutputOfAnotherSize) {
  const std::string bytes(8, '\0');
  const TensorView tensor{"u", StorageType::f32, {2}, std::as_bytes(std::span(bytes))};
  std::vector<float> out(3);
  EXPECT_THROW(dequantize(tensor, out), std::logic_error);
}

}  // namespace
}  // namespace lidit
