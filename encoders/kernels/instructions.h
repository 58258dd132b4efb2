// Which of a CPU kernel's variants runs here.
#pragma once

namespace lidit {

/// Sets of vector instructions that kernels are compiled for, each with all of those before it.
enum class Instructions {
  portable,
  avx2,        // AVX2 and FMA
  avx512,      // the F, BW, VL and DQ parts of AVX-512
  avx512_bf16  // and its products of bf16 pairs
};

/// The last of them that this machine has.
Instructions instructions_here();

/// Whether this machine multiplies tiles of bf16 (AMX), which oneDNN's products use.
bool has_bf16_tiles();

}  // namespace lidit
