#include "encoders/kernels/instructions.h"

namespace lidit {
namespace {

Instructions detect_instructions() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    return Instructions::portable;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq"))
    return Instructions::avx2;
  return __builtin_cpu_supports("avx512bf16") ? Instructions::avx512_bf16 : Instructions::avx512;
#else
  return Instructions::portable;
#endif
}

}  // namespace

Instructions instructions_here() {
  static const Instructions here = detect_instructions();
  return here;
}

bool has_bf16_tiles() {
#if defined(__x86_64__)
  static const bool here = __builtin_cpu_supports("amx-bf16");
  return here;
#else
  return false;
#endif
}

}  // namespace lidit
