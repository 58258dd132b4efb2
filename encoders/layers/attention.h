// Multi-head attention with normalised queries and keys.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>

#include "encoders/layers/norms.h"
#include "encoders/layers/packing.h"

namespace lidit {

/// Which keys a query may see, besides padding.
enum class AttentionPattern {
  full,    // every key
  causal,  // keys at its own position and before
};

/// What is added to the scores before the softmax: 0 where a query may look, a large negative
/// number elsewhere, whose weight is exactly zero. `key_mask` (B,S) bool, true on real keys.
/// Returns (B,1,1,S), or (B,1,S,S) where the pattern depends on the query. A row without any key
/// stays finite: it gets the plain mean of the values.
Tensor attention_bias(const Tensor& key_mask, AttentionPattern pattern, at::ScalarType dtype);

/// softmax(q k^T / sqrt(head_dim) + bias) v. q (B,H,T,d), k and v (B,H,S,d), bias as of
/// attention_bias or undefined: every key. Returns (B,H,T,d).
Tensor scaled_dot_product(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& bias);

struct AttentionOptions {
  std::int64_t width;
  std::int64_t heads;  // divides width
};

/// Self-attention (context = x) or cross-attention, biases on all projections, RMSNorm over each
/// head of queries and keys (paper section 3.2: for stability).
class AttentionImpl : public torch::nn::Module {
 public:
  explicit AttentionImpl(const AttentionOptions& options);
  /// x (B,T,D) asks, context (B,S,D) answers; bias (B,1,1 or T,S) or undefined. Returns (B,T,D).
  /// Either may come as packed rows with its packing; packed rows are answered with packed rows.
  Tensor forward(const Tensor& x, const Tensor& context, const Tensor& bias,
                 const Packing* x_packing = nullptr, const Packing* context_packing = nullptr);

  torch::nn::Linear q_proj{nullptr}, k_proj{nullptr}, v_proj{nullptr}, o_proj{nullptr};
  RMSNorm q_norm{nullptr}, k_norm{nullptr};

 private:
  Tensor split_heads(const Tensor& x) const;  // (...,D) -> (...,H,d)

  std::int64_t heads_;
};
TORCH_MODULE(Attention);

}  // namespace lidit
