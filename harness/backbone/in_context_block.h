// One block of the backbone whose self-attention finds the text among its keys and values.
#pragma once
#include "harness/backbone/backbone_block.h"

namespace lidit {

/// x += g1 SA(q = x', kv = [x'; LN text]); x += g2 FFN(x'): six vectors of the condition y. Image
/// and text share the maps to keys and values; the text itself stays as it came.
class InContextBlock : public BackboneBlock {
 public:
  explicit InContextBlock(const BackboneBlockOptions& options);
  Tensor forward(const Tensor& x, const Tensor& y, TextStream& text) override;
  std::vector<Tensor> hidden_matrices() const override;

  Modulation modulation{nullptr};
  Attention self_attention{nullptr};
  FeedForward feed_forward{nullptr};
};

}  // namespace lidit
