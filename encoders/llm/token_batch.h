// Prompts as token ids, packed one behind the other without padding.
#pragma once
#include <ATen/core/Tensor.h>

namespace lidit {

using at::Tensor;

struct TokenBatch {
  Tensor ids;      // (S) int64
  Tensor offsets;  // (N+1) int64, on the CPU: prompt i owns ids offsets[i]..offsets[i+1]
  /// (N) int64, on the CPU, for causal models only: prompt i begins with so many tokens of prompt
  /// i - 1, and only those behind them are in ids. Undefined: prompts are whole.
  Tensor shared = {};
};

}  // namespace lidit
