// What every kind of block of the backbone is; the kinds are the ways of text injection.
#pragma once
#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "encoders/layers/attention.h"
#include "encoders/layers/feed_forward.h"
#include "encoders/layers/modulation.h"
#include "harness/backbone/text_stream.h"
#include "harness/training/named_choices.h"

namespace lidit {

/// How the image reads the text; the axis of i1 (arXiv 2606.11289) and FuseDiT (arXiv 2505.10046).
enum class TextInjection {
  cross_attention,  // a sub-layer of its own: LI-DiT 3.2
  /// Text beside the image among the keys and values of self-attention. Control: reading the text
  /// without weights of one's own for that; the text stays as it came.
  in_context,
  dual_stream,  // joint attention of two streams with weights of their own: MMDiT (Esser 2024)
};

inline constexpr NamedChoices<TextInjection, 3> kTextInjections{
    "text injection",
    {{{"cross-attention", TextInjection::cross_attention},
      {"in-context", TextInjection::in_context},
      {"dual-stream", TextInjection::dual_stream}}}};

struct BackboneBlockOptions {
  std::int64_t width, heads;
  GateInit gate_init = GateInit::zero;
  bool last = false;  // nobody reads the text after it
};

class BackboneBlock : public torch::nn::Module {
 public:
  /// x (B,N,D) and the condition y (B,D) -> (B,N,D). A block with a stream of text leaves its
  /// tokens as the next block shall find them.
  virtual Tensor forward(const Tensor& x, const Tensor& y, TextStream& text) = 0;
  /// The weights of attention and FFN, as handles.
  virtual std::vector<Tensor> hidden_matrices() const = 0;
};

std::shared_ptr<BackboneBlock> make_block(TextInjection injection,
                                          const BackboneBlockOptions& options);

/// LayerNorm without weights, as every modulated sub-layer wants it: (...,D) -> (...,D).
Tensor plain_layer_norm(const Tensor& x);

/// The weights of these parts, in this order.
std::vector<Tensor> weights_of(const std::vector<FeedForward>& feed_forwards,
                               const std::vector<Attention>& attentions);

}  // namespace lidit
