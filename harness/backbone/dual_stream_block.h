// One block of the backbone with a stream of its own for the text (MMDiT: Esser et al. 2024).
#pragma once
#include "harness/backbone/backbone_block.h"

namespace lidit {

/// What one stream has: maps to and from the joint attention, FFN, six vectors of the condition y.
/// The text of the last block, which nobody reads any more, has keys and values alone, and two.
class StreamPartImpl : public torch::nn::Module {
 public:
  StreamPartImpl(const BackboneBlockOptions& options, bool answers_only);

  Modulation modulation{nullptr};
  Attention attention{nullptr};
  FeedForward feed_forward{nullptr};  // empty where it only answers
};
TORCH_MODULE(StreamPart);

/// Image and text attend to both together; then each stream goes through its own FFN.
class DualStreamBlock : public BackboneBlock {
 public:
  explicit DualStreamBlock(const BackboneBlockOptions& options);
  Tensor forward(const Tensor& x, const Tensor& y, TextStream& text) override;
  std::vector<Tensor> hidden_matrices() const override;

  StreamPart image{nullptr}, text{nullptr};
};

}  // namespace lidit
