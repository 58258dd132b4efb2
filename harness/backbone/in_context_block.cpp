#include "harness/backbone/in_context_block.h"

#include <ATen/ATen.h>

namespace lidit {

InContextBlock::InContextBlock(const BackboneBlockOptions& options) {
  modulation = register_module(
      "modulation", Modulation(ModulationOptions{
                        .width = options.width, .sublayers = 2, .gate = options.gate_init}));
  self_attention =
      register_module("self_attention",
                      Attention(AttentionOptions{.width = options.width, .heads = options.heads}));
  feed_forward = register_module("feed_forward", FeedForward(options.width));
}

Tensor InContextBlock::forward(const Tensor& x_in, const Tensor& y, TextStream& text) {
  const auto m = modulation(y);
  auto& attention = *self_attention;
  const Tensor own = m[0].enter(plain_layer_norm(x_in));  // (B,N,D)
  const Tensor other = plain_layer_norm(text.tokens);     // (S,D)
  const Tensor keys = at::cat({attention.keys(own), attention.keys(other, text.packing)}, 2);
  const Tensor values = at::cat({attention.values(own), attention.values(other, text.packing)}, 2);
  const Tensor bias = prepend_visible(text.bias, own.size(1));  // (B,1,1,N+T)
  const Tensor read = scaled_dot_product(attention.queries(own), keys, values, bias);
  const Tensor x = m[0].leave(x_in, attention.output(read));
  return m[1].leave(x, feed_forward(m[1].enter(plain_layer_norm(x))));
}

std::vector<Tensor> InContextBlock::hidden_matrices() const {
  return weights_of({feed_forward}, {self_attention});
}

}  // namespace lidit
