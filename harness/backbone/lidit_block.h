// One block of the backbone as in the paper: text by cross-attention.
#pragma once
#include "harness/backbone/backbone_block.h"

namespace lidit {

/// Self-attention, cross-attention to the text, FFN; each normalised, modulated by shift and scale,
/// and gated: nine vectors of the condition y (paper section 3.2, figure 5).
class LiDiTBlock : public BackboneBlock {
 public:
  explicit LiDiTBlock(const BackboneBlockOptions& options);
  Tensor forward(const Tensor& x, const Tensor& y, TextStream& text) override;
  std::vector<Tensor> hidden_matrices() const override;

  Modulation modulation{nullptr};
  Attention self_attention{nullptr}, cross_attention{nullptr};
  FeedForward feed_forward{nullptr};
};

}  // namespace lidit
