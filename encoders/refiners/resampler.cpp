#include "encoders/refiners/resampler.h"

#include <ATen/ATen.h>

namespace lidit {

ResamplerBlockImpl::ResamplerBlockImpl(const ResamplerOptions& options) {
  if (options.timed)
    modulation = register_module(
        "modulation",
        Modulation(ModulationOptions{.width = options.width, .sublayers = 2, .gates = false}));
  attention_norm = register_module("attention_norm", layer_norm(options.width));
  text_norm = register_module("text_norm", layer_norm(options.width));
  attention = register_module(
      "attention", Attention(AttentionOptions{.width = options.width, .heads = options.heads}));
  feed_forward_norm = register_module("feed_forward_norm", layer_norm(options.width));
  feed_forward = register_module("feed_forward", FeedForward(options.width));
}

Tensor ResamplerBlockImpl::forward(const Tensor& z, const Tensor& text, const Packing& packing,
                                   const Tensor& bias, const Tensor& c) {
  const auto m = modulation ? modulation(c) : std::vector<SublayerModulation>(2);
  const Tensor own = m[0].enter(attention_norm(z)), other = text_norm(text);
  const Tensor keys = at::cat({attention->keys(own), attention->keys(other, &packing)}, 2);
  const Tensor values = at::cat({attention->values(own), attention->values(other, &packing)}, 2);
  const Tensor read = scaled_dot_product(attention->queries(own), keys, values, bias);
  const Tensor x = m[0].leave(z, attention->output(read));  // (B,Q,D)
  return m[1].leave(x, feed_forward(m[1].enter(feed_forward_norm(x))));
}

ResamplerImpl::ResamplerImpl(const ResamplerOptions& options)
    : queries(register_parameter("queries", at::zeros({options.queries, options.width}))),
      blocks(register_module("blocks", torch::nn::ModuleList())) {
  for (std::int64_t i = 0; i < options.depth; ++i) blocks->push_back(ResamplerBlock(options));
}

Tensor ResamplerImpl::forward(const Tensor& tokens, const Tensor& mask,
                              const Tensor& time_embedding) {
  const Packing packing(mask);
  const Tensor text = packing.pack(tokens);  // (S,D)
  const Tensor bias = prepend_visible(
      attention_bias(mask, AttentionPattern::full, tokens.scalar_type()), queries.size(0));
  Tensor z = queries.expand({tokens.size(0), -1, -1});  // (B,Q,D)
  for (const auto& block : *blocks)
    z = block->as<ResamplerBlock>()->forward(z, text, packing, bias, time_embedding);
  return z;
}

}  // namespace lidit
