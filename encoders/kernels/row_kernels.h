// Row-wise operations of language models, each one pass over memory, computed in fp32.
#pragma once
#include <ATen/core/Tensor.h>

namespace lidit {

using at::Tensor;

/// x / sqrt(mean(x^2) + epsilon) * weight over the last dimension (Zhang and Sennrich 2019).
/// x (S,D), weight (D), both bf16 or both fp32.
Tensor rms_norm(const Tensor& x, const Tensor& weight, double epsilon);

/// x sigmoid(x), or x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)), which is GELU by its tanh
/// formula.
enum class Activation { silu, gelu_tanh };

/// activation(gate) * up (Shazeer 2020) with gate and up the halves of the rows: (S,2F) -> (S,F).
Tensor gated(Activation activation, const Tensor& gate_up);

}  // namespace lidit
