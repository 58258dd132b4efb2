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
  full,            // every key
  causal,          // keys at its own position and before
  reverse_causal,  // keys at its own position and after
  diagonal,        // the key at its own position alone
};

/// What is added to the scores before the softmax: 0 where a query may look, a large negative
/// number elsewhere, whose weight is exactly zero. `key_mask` (B,S) bool, true on real keys.
/// Returns (B,1,1,S), or (B,1,S,S) where the pattern depends on the query. A row without any key
/// stays finite: it gets the plain mean of the values.
Tensor attention_bias(const Tensor& key_mask, AttentionPattern pattern, at::ScalarType dtype);

/// The bias (B,1,1,S) of keys before which stand `count` more that every query sees:
/// (B,1,1,count+S).
Tensor prepend_visible(const Tensor& bias, std::int64_t count);

/// softmax(q k^T / sqrt(head_dim) + bias) v. q (B,H,T,d), k and v (B,H,S,d), bias as of
/// attention_bias or undefined: every key. Returns (B,H,T,d).
Tensor scaled_dot_product(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& bias);

constexpr double kRotaryBase = 10'000;

/// Rotary position embedding (Su et al. 2021) of x (B,H,T,d), d even, at positions 0 to T - 1:
/// halves (a, b) of a head become (a cos - b sin, b cos + a sin).
Tensor rotate_by_position(const Tensor& x);

struct AttentionOptions {
  std::int64_t width;
  std::int64_t heads;         // divides width
  bool rotary = false;        // queries and keys carry their positions; head width is even
  bool answers_only = false;  // keys and values alone: it is read, and reads nothing
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

  /// The steps of forward, for attention over more than one sequence. x (B,T,D), or its packed rows
  /// (S,D) with their packing -> (B,H,T,d).
  Tensor queries(const Tensor& x, const Packing* packing = nullptr);
  Tensor keys(const Tensor& x, const Packing* packing = nullptr);
  Tensor values(const Tensor& x, const Packing* packing = nullptr);
  /// The inverse, with the output map: (B,H,T,d) -> (B,T,D), or packed rows (S,D).
  Tensor output(const Tensor& read, const Packing* packing = nullptr);

  torch::nn::Linear q_proj{nullptr}, k_proj{nullptr}, v_proj{nullptr}, o_proj{nullptr};
  RMSNorm q_norm{nullptr}, k_norm{nullptr};

 private:
  Tensor split_heads(const Tensor& x) const;  // (...,D) -> (...,H,d)

  std::int64_t heads_;
  bool rotary_;
};
TORCH_MODULE(Attention);

/// What is left of self-attention where every token sees itself alone (AttentionPattern::diagonal):
/// o_proj(v_proj(x)). Queries and keys, which have no say then, do not exist.
class OwnValueImpl : public torch::nn::Module {
 public:
  explicit OwnValueImpl(std::int64_t width);
  Tensor forward(const Tensor& x);  // (...,D) -> (...,D)

  torch::nn::Linear v_proj{nullptr}, o_proj{nullptr};
};
TORCH_MODULE(OwnValue);

}  // namespace lidit
