#include "encoders/kernels/row_kernels_cpu.h"

#include <algorithm>
#include <cmath>

#include "encoders/kernels/instructions.h"

// Vectors wider than the baseline's are only passed between functions that are inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace lidit {
namespace {

namespace portable {
constexpr std::int64_t kLanes = 4;
#include "encoders/kernels/row_kernels.inc"
}  // namespace portable

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr std::int64_t kLanes = 8;
#include "encoders/kernels/row_kernels.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")
namespace avx512 {
constexpr std::int64_t kLanes = 16;
#include "encoders/kernels/row_kernels.inc"
}  // namespace avx512
#pragma GCC pop_options
#endif

/// The kernel of this machine's instruction set.
template <class Function>
Function* chosen(Function* portable_kernel, [[maybe_unused]] Function* avx2_kernel,
                 [[maybe_unused]] Function* avx512_kernel) {
  const Instructions here = instructions_here();
  if (here >= Instructions::avx512) return avx512_kernel;
  return here == Instructions::avx2 ? avx2_kernel : portable_kernel;
}

#if defined(__x86_64__)
#define LIDIT_CHOSEN(kernel) chosen(portable::kernel, avx2::kernel, avx512::kernel)
#else
#define LIDIT_CHOSEN(kernel) chosen(portable::kernel, portable::kernel, portable::kernel)
#endif

}  // namespace

void rotate_cpu(float* rows, std::int64_t stride, const float* cosine, const float* sine,
                std::int64_t count, std::int64_t heads, std::int64_t half) {
  LIDIT_CHOSEN(rotate<float>)(rows, stride, cosine, sine, count, heads, half);
}

void rotate_cpu(Bf16* rows, std::int64_t stride, const float* cosine, const float* sine,
                std::int64_t count, std::int64_t heads, std::int64_t half) {
  LIDIT_CHOSEN(rotate<Bf16>)(rows, stride, cosine, sine, count, heads, half);
}

void gated_cpu(bool gelu, const float* rows, float* out, std::int64_t count, std::int64_t width) {
  LIDIT_CHOSEN(gated<float>)(gelu, rows, out, count, width);
}

void gated_cpu(bool gelu, const Bf16* rows, Bf16* out, std::int64_t count, std::int64_t width) {
  LIDIT_CHOSEN(gated<Bf16>)(gelu, rows, out, count, width);
}

void rms_norm_cpu(const float* rows, const float* weight, float* out, std::int64_t count,
                  std::int64_t width, float epsilon) {
  LIDIT_CHOSEN(rms_norm<float>)(rows, weight, out, count, width, epsilon);
}

void rms_norm_cpu(const Bf16* rows, const Bf16* weight, Bf16* out, std::int64_t count,
                  std::int64_t width, float epsilon) {
  LIDIT_CHOSEN(rms_norm<Bf16>)(rows, weight, out, count, width, epsilon);
}

}  // namespace lidit
