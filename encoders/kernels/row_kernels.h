// Row-wise operations of language models, each one pass over memory, computed in fp32.
#pragma once
#include <ATen/core/Tensor.h>

namespace lidit {

using at::Tensor;

/// x / sqrt(mean(x^2) + epsilon) * weight over the last dimension (Zhang and Sennrich 2019).
/// x (S,D), weight (D), both bf16 or both fp32.
Tensor rms_norm(const Tensor& x, const Tensor& weight, double epsilon);

/// silu(gate) * up (Shazeer 2020) with gate and up the halves of the rows: (S,2F) -> (S,F).
Tensor gated_silu(const Tensor& gate_up);

}  // namespace lidit
