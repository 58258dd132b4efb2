// Element-wise and row-wise kernels of language models for the CPU, on plain pointers: AVX-512,
// AVX2, or portable vectors. All compute in fp32 and round once.
#pragma once
#include <cstdint>

#include "encoders/kernels/bf16.h"

namespace lidit {

/// Rotates `heads` heads of 2 * half values at the start of each of `count` rows; see rotary.h.
/// cosine and sine: (count, half).
void rotate_cpu(float* rows, std::int64_t stride, const float* cosine, const float* sine,
                std::int64_t count, std::int64_t heads, std::int64_t half);
void rotate_cpu(Bf16* rows, std::int64_t stride, const float* cosine, const float* sine,
                std::int64_t count, std::int64_t heads, std::int64_t half);

/// out (count, width) = activation(rows[:, :width]) * rows[:, width:]; rows (count, 2 * width).
/// The activation is SiLU, or GELU by its tanh formula.
void gated_cpu(bool gelu, const float* rows, float* out, std::int64_t count, std::int64_t width);
void gated_cpu(bool gelu, const Bf16* rows, Bf16* out, std::int64_t count, std::int64_t width);

/// out = rows / sqrt(mean(rows^2) + epsilon) * weight, row by row; all (count, width), weight
/// (width).
void rms_norm_cpu(const float* rows, const float* weight, float* out, std::int64_t count,
                  std::int64_t width, float epsilon);
void rms_norm_cpu(const Bf16* rows, const Bf16* weight, Bf16* out, std::int64_t count,
                  std::int64_t width, float epsilon);

}  // namespace lidit
