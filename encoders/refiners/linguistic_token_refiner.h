// Linguistic token refiner (LI-DiT section 3.1, Fig. 5): self-attention over one encoder's tokens
// that a gate lets in little by little, so that early words learn of later ones.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>

#include "encoders/layers/attention.h"
#include "encoders/layers/feed_forward.h"
#include "encoders/layers/modulation.h"

namespace lidit {

struct LinguisticTokenRefinerOptions {
  std::int64_t width;
  std::int64_t heads;
  std::int64_t depth = 2;
  AttentionPattern mask = AttentionPattern::full;
  GateInit gate = GateInit::zero;
};

/// x += g_attention * SA(LN x); x += g_feed_forward * FFN(LN x), gates from Linear(SiLU(c)).
class RefinerBlockImpl : public torch::nn::Module {
 public:
  explicit RefinerBlockImpl(const LinguisticTokenRefinerOptions& options);
  /// Packed tokens (S,D), bias of their padded batch, c (B,D). Returns (S,D).
  Tensor forward(const Tensor& tokens, const Packing& packing, const Tensor& bias, const Tensor& c);

  Modulation modulation{nullptr};
  torch::nn::LayerNorm attention_norm{nullptr}, feed_forward_norm{nullptr};
  Attention attention{nullptr};
  FeedForward feed_forward{nullptr};
};
TORCH_MODULE(RefinerBlock);

/// A stack of `depth` blocks. With closed gates (GateInit::zero) it starts as the identity.
class LinguisticTokenRefinerImpl : public torch::nn::Module {
 public:
  explicit LinguisticTokenRefinerImpl(const LinguisticTokenRefinerOptions& options);
  /// tokens (B,T,D), mask (B,T) bool, c (B,D): time embedding plus pooled text. Returns
  /// (B,T,D), zeros on padding.
  Tensor forward(const Tensor& tokens, const Tensor& mask, const Tensor& c);

  torch::nn::ModuleList blocks;

 private:
  AttentionPattern pattern_;
};
TORCH_MODULE(LinguisticTokenRefiner);

}  // namespace lidit
