// One block of the backbone.
#pragma once
#include <torch/nn/module.h>

#include <cstdint>
#include <vector>

#include "encoders/layers/attention.h"
#include "encoders/layers/feed_forward.h"
#include "encoders/layers/modulation.h"

namespace lidit {

struct LiDiTBlockOptions {
  std::int64_t width, heads;
  GateInit gate_init = GateInit::zero;
};

/// Self-attention, cross-attention to the text, FFN; each normalised, modulated by shift and scale,
/// and gated: nine vectors of the condition y (paper section 3.2, figure 5).
class LiDiTBlockImpl : public torch::nn::Module {
 public:
  explicit LiDiTBlockImpl(const LiDiTBlockOptions& options);
  /// x (B,N,D), y (B,D), text (S,D) the packed tokens of a padded batch, and its text_bias
  /// (B,1,1,T) as of attention_bias -> (B,N,D).
  Tensor forward(const Tensor& x, const Tensor& y, const Tensor& text, const Packing& text_packing,
                 const Tensor& text_bias);
  /// The weights of attention and FFN, as handles.
  std::vector<Tensor> hidden_matrices() const;

  Modulation modulation{nullptr};
  Attention self_attention{nullptr}, cross_attention{nullptr};
  FeedForward feed_forward{nullptr};
};
TORCH_MODULE(LiDiTBlock);

/// LayerNorm without weights, as every modulated sub-layer wants it: (B,N,D) -> (B,N,D).
Tensor plain_layer_norm(const Tensor& x);

}  // namespace lidit
