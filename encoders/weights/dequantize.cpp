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

template <auto decode>
void decode_blocks(const TensorView& tensor, float* out) {
  const std::int64_t bytes = layout_of(tensor.type).bytes, blocks = tensor.count() / kBlock;
  for (std::int64_t b = 0; b < blocks; ++b)
    decode(tensor.data.data() + b * bytes, out + b * kBlock);
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
    case StorageType::i32:
      return convert_all<std::int32_t>(tensor.data.data(), out, as_float);
    case StorageType::i64:
      return convert_all<std::int64_t>(tensor.data.data(), out, as_float);
    case StorageType::u8:
      return convert_all<std::uint8_t>(tensor.data.data(), out, as_float);
  }
}

}  // namespace lidit
