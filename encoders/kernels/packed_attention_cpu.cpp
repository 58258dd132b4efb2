#include "encoders/kernels/packed_attention_cpu.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include "encoders/kernels/bf16.h"
#include "encoders/kernels/instructions.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Vectors wider than the baseline's are only passed between functions that are inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace lidit {
namespace {

inline void store(float& to, float x) { to = x; }
inline void store(Bf16& to, float x) { to = narrow(x); }

namespace portable {
constexpr std::int64_t kLanes = 4;
#include "encoders/kernels/packed_attention_kernel.inc"
}  // namespace portable

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr std::int64_t kLanes = 8;
#include "encoders/kernels/packed_attention_kernel.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma")
namespace avx512 {
constexpr std::int64_t kLanes = 16;
#include "encoders/kernels/packed_attention_kernel.inc"

/// Lanes of two bf16 neighbours, multiplied and added in pairs.
struct Bf16Pairs {
  static constexpr std::int64_t kPack = 2;
  static Bf16 element(Bf16 x) { return x; }
  static Bf16 element(float x) { return narrow(x); }
  static float lane(const float* pair) { return *pair; }
  static void add_product(Floats& sum, float a, const Floats& b) {
    sum = _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_ps(a), (__m512bh)b);
  }
};
}  // namespace avx512
#pragma GCC pop_options
#endif

}  // namespace

void packed_attention_cpu(const PackedAttentionCall& call, std::int64_t begin, std::int64_t end) {
#if defined(__x86_64__)
  const Instructions here = instructions_here();
  if (here == Instructions::avx512_bf16) {
    if (call.is_bf16) return avx512::Kernel<Bf16, avx512::Bf16Pairs>(call).run(begin, end);
    return avx512::Kernel<float, avx512::FloatLanes>(call).run(begin, end);
  }
  if (here >= Instructions::avx2) {
    if (call.is_bf16) return avx2::Kernel<Bf16, avx2::FloatLanes>(call).run(begin, end);
    return avx2::Kernel<float, avx2::FloatLanes>(call).run(begin, end);
  }
#endif
  if (call.is_bf16) return portable::Kernel<Bf16, portable::FloatLanes>(call).run(begin, end);
  portable::Kernel<float, portable::FloatLanes>(call).run(begin, end);
}

}  // namespace lidit
