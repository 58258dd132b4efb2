#include "harness/backbone/lidit_block.h"

#include <ATen/ATen.h>

namespace lidit {

LiDiTBlock::LiDiTBlock(const BackboneBlockOptions& options) {
  const AttentionOptions attention{.width = options.width, .heads = options.heads};
  modulation = register_module(
      "modulation", Modulation(ModulationOptions{
                        .width = options.width, .sublayers = 3, .gate = options.gate_init}));
  self_attention = register_module("self_attention", Attention(attention));
  cross_attention = register_module("cross_attention", Attention(attention));
  feed_forward = register_module("feed_forward", FeedForward(options.width));
}

Tensor LiDiTBlock::forward(const Tensor& x_in, const Tensor& y, TextStream& text) {
  const auto m = modulation(y);
  Tensor x = x_in;
  const Tensor own = m[0].enter(plain_layer_norm(x));
  x = m[0].leave(x, self_attention(own, own, Tensor()));
  const Tensor query = m[1].enter(plain_layer_norm(x));
  x = m[1].leave(x, cross_attention(query, text.tokens, text.bias, nullptr, text.packing));
  return m[2].leave(x, feed_forward(m[2].enter(plain_layer_norm(x))));
}

std::vector<Tensor> LiDiTBlock::hidden_matrices() const {
  return weights_of({feed_forward}, {self_attention, cross_attention});
}

}  // namespace lidit
