// bf16 for kernels that see plain memory.
#pragma once
#include <bit>
#include <cstdint>

namespace lidit {

struct Bf16 {
  std::uint16_t bits;
};

inline float widen(Bf16 x) { return std::bit_cast<float>(std::uint32_t{x.bits} << 16); }

/// To nearest, ties to even; NaN stays NaN.
inline Bf16 narrow(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if (x != x) return {0x7FC0};
  return {static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)};
}

}  // namespace lidit
