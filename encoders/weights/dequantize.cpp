// Compiled with -ffp-contract=off: a fused multiply-add would round d * q + m once where the
// reference rounds twice.
#include <bit>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "encoders/weights/storage_type.h"
#include "encoders/weights/weight_file.h"

namespace lidit {
namespace {

constexpr std::int64_t kBlock = 32;
constexpr std::int64_t kSuperBlock = 256;  // of the K types: eight blocks, or sixteen of 16

// Exact for every half, without a branch (so that loops vectorise) and without fp32 subnormals
// (which a thread may have set to flush to zero).
inline float half_to_float(std::uint16_t half) {
  const std::uint32_t magnitude = half & 0x7FFFu, sign = (half & 0x8000u) << 16;
  const std::uint32_t normal = (magnitude << 13) + (112u << 23);  // exponent bias 15 -> 127
  const std::uint32_t special = magnitude << 13 | 0x7F800000u;
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(
      static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24f);
  std::uint32_t bits = magnitude < 0x400u ? subnormal : normal;
  bits = magnitude >= 0x7C00u ? special : bits;
  return std::bit_cast<float>(bits | sign);
}

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

/// out[i] = convert(element i of type T), the source unaligned.
template <class T, class Convert>
void convert_all(const std::byte* data, std::span<float> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = convert(load<T>(data + i * sizeof(T)));
}

float half_at(const std::byte* at) { return half_to_float(load<std::uint16_t>(at)); }

// __restrict lets the loops vectorise: bytes may alias anything, the output too.
// x_i = d q_i; q_i int8.
void q8_0_block(const std::byte* __restrict block, float* __restrict out) {
  const float d = half_at(block);
  const auto* q = reinterpret_cast<const std::int8_t*>(block + 2);
  for (std::int64_t i = 0; i < kBlock; ++i) out[i] = d * static_cast<float>(q[i]);
}

// x_i = d (q_i - 8); q_i in the low half-bytes for the first half of a block, then in the high.
void q4_0_block(const std::byte* __restrict block, float* __restrict out) {
  const float d = half_at(block);
  const auto* q = reinterpret_cast<const std::uint8_t*>(block + 2);
  for (std::int64_t i = 0; i < kBlock / 2; ++i) {
    out[i] = d * static_cast<float>((q[i] & 0xF) - 8);
    out[i + kBlock / 2] = d * static_cast<float>((q[i] >> 4) - 8);
  }
}

// x_i = d q_i + m; q_i as in Q4_0.
void q4_1_block(const std::byte* __restrict block, float* __restrict out) {
  const float d = half_at(block), m = half_at(block + 2);
  const auto* q = reinterpret_cast<const std::uint8_t*>(block + 4);
  for (std::int64_t i = 0; i < kBlock / 2; ++i) {
    out[i] = d * static_cast<float>(q[i] & 0xF) + m;
    out[i + kBlock / 2] = d * static_cast<float>(q[i] >> 4) + m;
  }
}

/// The 5-bit values of a block: four bits as in Q4_0, the fifth in bit i of `high`.
struct FiveBits {
  std::uint32_t high;
  const std::uint8_t* low;

  int first_half(std::int64_t i) const {
    return (low[i] & 0xF) | static_cast<int>((high >> i & 1) << 4);
  }
  int second_half(std::int64_t i) const {
    return low[i] >> 4 | static_cast<int>((high >> (i + kBlock / 2) & 1) << 4);
  }
};

// x_i = d (q_i - 16).
void q5_0_block(const std::byte* __restrict block, float* __restrict out) {
  const float d = half_at(block);
  const FiveBits q{load<std::uint32_t>(block + 2),
                   reinterpret_cast<const std::uint8_t*>(block + 6)};
  for (std::int64_t i = 0; i < kBlock / 2; ++i) {
    out[i] = d * static_cast<float>(q.first_half(i) - 16);
    out[i + kBlock / 2] = d * static_cast<float>(q.second_half(i) - 16);
  }
}

// x_i = d q_i + m.
void q5_1_block(const std::byte* __restrict block, float* __restrict out) {
  const float d = half_at(block), m = half_at(block + 2);
  const FiveBits q{load<std::uint32_t>(block + 4),
                   reinterpret_cast<const std::uint8_t*>(block + 8)};
  for (std::int64_t i = 0; i < kBlock / 2; ++i) {
    out[i] = d * static_cast<float>(q.first_half(i)) + m;
    out[i + kBlock / 2] = d * static_cast<float>(q.second_half(i)) + m;
  }
}

struct ScaleAndMinimum {
  float scale, minimum;
};

/// Of block j of a Q4_K or Q5_K super-block: six bits each, the eight pairs packed into 12 bytes
/// (the first four in the low six bits of bytes 0..7; the others in bytes 8..11, their two upper
/// bits on top of bytes 0..7).
ScaleAndMinimum scale_and_minimum(const std::byte* super_block, std::int64_t j) {
  const float d = half_at(super_block), d_minimum = half_at(super_block + 2);
  const auto* packed = reinterpret_cast<const std::uint8_t*>(super_block + 4);
  const int scale = j < 4 ? packed[j] & 63 : (packed[j + 4] & 0xF) | (packed[j - 4] >> 6) << 4;
  const int minimum = j < 4 ? packed[j + 4] & 63 : packed[j + 4] >> 4 | (packed[j] >> 6) << 4;
  return {d * static_cast<float>(scale), d_minimum * static_cast<float>(minimum)};
}

// x_i = (d s_j) q_i - (d_min m_j) in block j; two blocks share 32 bytes, low half-bytes first.
void q4_k_block(const std::byte* __restrict block, float* __restrict out) {
  const auto* q = reinterpret_cast<const std::uint8_t*>(block + 16);
  for (std::int64_t j = 0; j < kSuperBlock / kBlock; j += 2, q += kBlock, out += 2 * kBlock) {
    const auto low = scale_and_minimum(block, j), high = scale_and_minimum(block, j + 1);
    for (std::int64_t i = 0; i < kBlock; ++i) {
      out[i] = low.scale * static_cast<float>(q[i] & 0xF) - low.minimum;
      out[i + kBlock] = high.scale * static_cast<float>(q[i] >> 4) - high.minimum;
    }
  }
}

// As Q4_K with a fifth bit: bit j of byte i for value i of block j.
void q5_k_block(const std::byte* __restrict block, float* __restrict out) {
  const auto* fifth = reinterpret_cast<const std::uint8_t*>(block + 16);
  const auto* q = fifth + kBlock;
  for (std::int64_t j = 0; j < kSuperBlock / kBlock; j += 2, q += kBlock, out += 2 * kBlock) {
    const auto low = scale_and_minimum(block, j), high = scale_and_minimum(block, j + 1);
    for (std::int64_t i = 0; i < kBlock; ++i) {
      const int first = (q[i] & 0xF) | (fifth[i] >> j & 1) << 4;
      const int second = q[i] >> 4 | (fifth[i] >> (j + 1) & 1) << 4;
      out[i] = low.scale * static_cast<float>(first) - low.minimum;
      out[i + kBlock] = high.scale * static_cast<float>(second) - high.minimum;
    }
  }
}

// x_i = (d s_j) (q_i - 32), 16 values a scale. Of each half of the super-block, value 32 k + i has
// four bits in a half-byte of byte 32 (k mod 2) + i and two in bits 2 k of the upper bits' byte i.
void q6_k_block(const std::byte* __restrict block, float* __restrict out) {
  constexpr std::int64_t kHalf = kSuperBlock / 2;
  const float d = half_at(block + 208);
  const auto* lower = reinterpret_cast<const std::uint8_t*>(block);
  const auto* upper = lower + kHalf;
  const auto* scales = reinterpret_cast<const std::int8_t*>(block + 192);
  for (int half = 0; half < 2; ++half, lower += 64, upper += 32, scales += 8, out += kHalf)
    for (std::int64_t k = 0; k < 4; ++k)
      for (std::int64_t i = 0; i < kBlock; ++i) {
        const int four = lower[kBlock * (k % 2) + i] >> (k < 2 ? 0 : 4) & 0xF;
        const int q = (four | (upper[i] >> 2 * k & 3) << 4) - 32;
        out[kBlock * k + i] =
            d * static_cast<float>(scales[2 * k + i / 16]) * static_cast<float>(q);
      }
}

template <auto decode>
void decode_blocks(const TensorView& tensor, float* out) {
  const StorageLayout& layout = layout_of(tensor.type);
  const std::int64_t blocks = tensor.count() / layout.block;
  for (std::int64_t b = 0; b < blocks; ++b)
    decode(tensor.data.data() + b * layout.bytes, out + b * layout.block);
}

}  // namespace

void dequantize(const TensorView& tensor, std::span<float> out) {
  if (static_cast<std::int64_t>(out.size()) != tensor.count() ||
      storage_bytes(tensor.type, tensor.shape) != tensor.data.size())
    throw std::logic_error(fmt::format("dequantize: '{}' of {} values in {} bytes into {} floats",
                                       tensor.name, tensor.count(), tensor.data.size(),
                                       out.size()));
  const auto as_float = [](auto value) { return static_cast<float>(value); };
  switch (tensor.type) {
    case StorageType::f32:
      return convert_all<float>(tensor.data.data(), out, as_float);
    case StorageType::f16:
      return convert_all<std::uint16_t>(tensor.data.data(), out, half_to_float);
    case StorageType::bf16:
      return convert_all<std::uint16_t>(tensor.data.data(), out, [](std::uint16_t bits) {
        return std::bit_cast<float>(std::uint32_t{bits} << 16);
      });
    case StorageType::q8_0:
      return decode_blocks<q8_0_block>(tensor, out.data());
    case StorageType::q4_0:
      return decode_blocks<q4_0_block>(tensor, out.data());
    case StorageType::q4_1:
      return decode_blocks<q4_1_block>(tensor, out.data());
    case StorageType::q5_0:
      return decode_blocks<q5_0_block>(tensor, out.data());
    case StorageType::q5_1:
      return decode_blocks<q5_1_block>(tensor, out.data());
    case StorageType::q4_k:
      return decode_blocks<q4_k_block>(tensor, out.data());
    case StorageType::q5_k:
      return decode_blocks<q5_k_block>(tensor, out.data());
    case StorageType::q6_k:
      return decode_blocks<q6_k_block>(tensor, out.data());
    case StorageType::i32:
      return convert_all<std::int32_t>(tensor.data.data(), out, as_float);
    case StorageType::i64:
      return convert_all<std::int64_t>(tensor.data.data(), out, as_float);
    case StorageType::u8:
      return convert_all<std::uint8_t>(tensor.data.data(), out, as_float);
  }
}

}  // namespace lidit
