// Resampler in the way of ELLA (Hu et al. 2024): a fixed number of
// learned queries that read the text, instead of one token for each of its tokens.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>

#include "encoders/layers/attention.h"
#include "encoders/layers/feed_forward.h"
#include "encoders/layers/modulation.h"

namespace lidit {

struct ResamplerOptions {
  std::int64_t width;
  std::int64_t heads;
  std::int64_t queries = 64;  // Q
  std::int64_t depth = 6;
  bool timed = false;  // shift and scale of each sub-layer from the time embedding
};

/// z += CA(q = z', kv = [z'; LN text]); z += FFN(z'), where z' = LN z, or (1 + scale) LN z + shift.
/// Queries see each other besides the text.
class ResamplerBlockImpl : public torch::nn::Module {
 public:
  explicit ResamplerBlockImpl(const ResamplerOptions& options);
  /// z (B,Q,D); packed text (S,D); bias (B,1,1,Q+T) over queries and padded text; c (B,D).
  Tensor forward(const Tensor& z, const Tensor& text, const Packing& packing, const Tensor& bias,
                 const Tensor& c);

  Modulation modulation{nullptr};  // empty if not timed
  torch::nn::LayerNorm attention_norm{nullptr}, text_norm{nullptr}, feed_forward_norm{nullptr};
  Attention attention{nullptr};
  FeedForward feed_forward{nullptr};
};
TORCH_MODULE(ResamplerBlock);

class ResamplerImpl : public torch::nn::Module {
 public:
  explicit ResamplerImpl(const ResamplerOptions& options);
  /// tokens (B,T,D), mask (B,T) bool, time embedding (B,D), unread if not timed -> (B,Q,D). A
  /// prompt without tokens leaves the queries to themselves.
  Tensor forward(const Tensor& tokens, const Tensor& mask, const Tensor& time_embedding);

  Tensor queries;  // (Q,D)
  torch::nn::ModuleList blocks;
};
TORCH_MODULE(Resampler);

}  // namespace lidit
