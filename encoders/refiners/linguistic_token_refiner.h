// Linguistic token refiner (LI-DiT section 3.1, Fig. 5): self-attention over one encoder's tokens
// that a gate lets in little by little, so that early words learn of later ones; and its controls.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>

#include "encoders/layers/attention.h"
#include "encoders/layers/feed_forward.h"
#include "encoders/layers/modulation.h"

namespace lidit {

/// What moves the gates of the refiner.
enum class RefinerConditioning {
  none,           // there are no gates: plain residuals ("no gating" of the paper's Table 5)
  constant,       // learned gates that know neither time nor text
  time,           // Linear(SiLU(time embedding))
  text,           // Linear(SiLU(pooled text))
  time_and_text,  // Linear(SiLU(time embedding + pooled text)): the paper
  modulation,     // as time_and_text, with shift and scale before each sub-layer: Kandinsky 5
};
/// Whether what it moves differs from step to step of the sampler.
bool reads_time(RefinerConditioning conditioning);
bool reads_text(RefinerConditioning conditioning);

struct LinguisticTokenRefinerOptions {
  std::int64_t width;
  std::int64_t heads;
  std::int64_t depth = 2;
  AttentionPattern mask = AttentionPattern::full;
  RefinerConditioning conditioning = RefinerConditioning::time_and_text;
  GateInit gate = GateInit::zero;
  bool rotary = false;                            // positions in the attention
  double feed_forward_ratio = kFeedForwardRatio;  // units inside the FFN over width
  std::int64_t feed_forward_units() const;        // at least 1
};

/// x += g_attention * SA(LN x); x += g_feed_forward * FFN(LN x), gates from the condition c. With
/// shift and scale, (1 + scale) LN x + shift stands for LN x. Under the diagonal mask SA is a map
/// of each token alone.
class RefinerBlockImpl : public torch::nn::Module {
 public:
  explicit RefinerBlockImpl(const LinguisticTokenRefinerOptions& options);
  /// Packed tokens (S,D), bias of their padded batch, c (B,D). Returns (S,D).
  Tensor forward(const Tensor& tokens, const Packing& packing, const Tensor& bias, const Tensor& c);

  Modulation modulation{nullptr};  // empty without conditioning
  torch::nn::LayerNorm attention_norm{nullptr}, feed_forward_norm{nullptr};
  Attention attention{nullptr};  // empty under the diagonal mask
  OwnValue own_value{nullptr};   // there under the diagonal mask alone, called "attention" too
  FeedForward feed_forward{nullptr};
};
TORCH_MODULE(RefinerBlock);

/// A stack of `depth` blocks. With closed gates (GateInit::zero) it starts as the identity.
class LinguisticTokenRefinerImpl : public torch::nn::Module {
 public:
  explicit LinguisticTokenRefinerImpl(const LinguisticTokenRefinerOptions& options);
  /// tokens (B,T,D), mask (B,T) bool, c (B,D): what the conditioning says, undefined where it is
  /// none or constant. Returns (B,T,D), zeros on padding.
  Tensor forward(const Tensor& tokens, const Tensor& mask, const Tensor& c);

  torch::nn::ModuleList blocks;

 private:
  AttentionPattern pattern_;
};
TORCH_MODULE(LinguisticTokenRefiner);

}  // namespace lidit
