#include "harness/backbone/lidit_block.h"

#include <ATen/ATen.h>

#include "encoders/layers/norms.h"

namespace lidit {

Tensor plain_layer_norm(const Tensor& x) {
  return at::layer_norm(x, {x.size(-1)}, {}, {}, kNormEpsilon);
}

LiDiTBlockImpl::LiDiTBlockImpl(const LiDiTBlockOptions& options) {
  const AttentionOptions attention{.width = options.width, .heads = options.heads};
  modulation = register_module(
      "modulation", Modulation(ModulationOptions{
                        .width = options.width, .sublayers = 3, .gate = options.gate_init}));
  self_attention = register_module("self_attention", Attention(attention));
  cross_attention = register_module("cross_attention", Attention(attention));
  feed_forward = register_module("feed_forward", FeedForward(options.width));
}

Tensor LiDiTBlockImpl::forward(const Tensor& x_in, const Tensor& y, const Tensor& text,
                               const Packing& text_packing, const Tensor& text_bias) {
  const auto parts = modulation(y);
  const SublayerModulation &sa = parts[0], &ca = parts[1], &ff = parts[2];
  Tensor x = x_in;
  const Tensor own = modulate(plain_layer_norm(x), sa.shift, sa.scale);
  x = at::addcmul(x, sa.gate, self_attention(own, own, Tensor()));
  const Tensor query = modulate(plain_layer_norm(x), ca.shift, ca.scale);
  x = at::addcmul(x, ca.gate, cross_attention(query, text, text_bias, nullptr, &text_packing));
  return at::addcmul(x, ff.gate, feed_forward(modulate(plain_layer_norm(x), ff.shift, ff.scale)));
}

std::vector<Tensor> LiDiTBlockImpl::hidden_matrices() const {
  std::vector<Tensor> matrices{feed_forward->fc1->weight, feed_forward->fc2->weight};
  for (const Attention& attention : {self_attention, cross_attention})
    for (const auto& projection :
         {attention->q_proj, attention->k_proj, attention->v_proj, attention->o_proj})
      matrices.push_back(projection->weight);
  return matrices;
}

}  // namespace lidit
