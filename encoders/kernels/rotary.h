// Rotary position embedding (Su et al. 2021), in the halves order of Hugging Face's checkpoints.
#pragma once
#include <ATen/core/Tensor.h>

namespace lidit {

using at::Tensor;

/// Cosines and sines (2,S,E/2) fp32 of positions (S): angle = position * base^(-2 i / E).
Tensor rotary_table(const Tensor& positions, std::int64_t head_width, double base);
/// The same with angle = position * frequencies (E/2) fp32, for bases that were scaled.
Tensor rotary_table(const Tensor& positions, const Tensor& frequencies);
/// base^(-2 i / E) fp32, (E/2).
Tensor rotary_frequencies(std::int64_t head_width, double base, c10::Device device);

/// Rotates the first `heads` heads of every row of `rows` (S,R) in place, R >= heads * E, in fp32:
/// (a, b) -> (a cos - b sin, b cos + a sin) with a, b the halves of a head. bf16 or fp32.
void rotate_heads_(Tensor& rows, const Tensor& table, std::int64_t heads);

}  // namespace lidit
