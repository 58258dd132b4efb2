#include "encoders/refiners/linguistic_token_refiner.h"

#include <ATen/ATen.h>

namespace lidit {

RefinerBlockImpl::RefinerBlockImpl(const LinguisticTokenRefinerOptions& options) {
  modulation = register_module(
      "modulation",
      Modulation(ModulationOptions{
          .width = options.width, .sublayers = 2, .shift_and_scale = false, .gate = options.gate}));
  attention_norm = register_module("attention_norm", layer_norm(options.width));
  attention = register_module(
      "attention", Attention(AttentionOptions{.width = options.width, .heads = options.heads}));
  feed_forward_norm = register_module("feed_forward_norm", layer_norm(options.width));
  feed_forward = register_module("feed_forward", FeedForward(options.width));
}

Tensor RefinerBlockImpl::forward(const Tensor& tokens, const Packing& packing, const Tensor& bias,
                                 const Tensor& c) {
  const auto gates = modulation(c);
  const Tensor normalized = attention_norm(tokens);
  const Tensor read = attention(normalized, normalized, bias, &packing, &packing);
  const Tensor x = at::addcmul(tokens, packing.spread(gates[0].gate), read);  // (S,D)
  return at::addcmul(x, packing.spread(gates[1].gate), feed_forward(feed_forward_norm(x)));
}

LinguisticTokenRefinerImpl::LinguisticTokenRefinerImpl(const LinguisticTokenRefinerOptions& options)
    : blocks(register_module("blocks", torch::nn::ModuleList())), pattern_(options.mask) {
  for (std::int64_t i = 0; i < options.depth; ++i) blocks->push_back(RefinerBlock(options));
}

Tensor LinguisticTokenRefinerImpl::forward(const Tensor& tokens, const Tensor& mask,
                                           const Tensor& c) {
  const Tensor bias = attention_bias(mask, pattern_, tokens.scalar_type());
  const Packing packing(mask);
  Tensor x = packing.pack(tokens);  // (S,D)
  for (const auto& block : *blocks) x = block->as<RefinerBlock>()->forward(x, packing, bias, c);
  return packing.pad(x);
}

}  // namespace lidit
