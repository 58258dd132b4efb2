#include "encoders/refiners/linguistic_token_refiner.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "encoders/refiners/token_modulation.h"

namespace lidit {

bool reads_time(RefinerConditioning conditioning) {
  return conditioning == RefinerConditioning::time ||
         conditioning == RefinerConditioning::time_and_text ||
         conditioning == RefinerConditioning::modulation;
}

bool reads_text(RefinerConditioning conditioning) {
  return conditioning == RefinerConditioning::text ||
         conditioning == RefinerConditioning::time_and_text ||
         conditioning == RefinerConditioning::modulation;
}

std::int64_t LinguisticTokenRefinerOptions::feed_forward_units() const {
  return std::max<std::int64_t>(1, std::llround(feed_forward_ratio * static_cast<double>(width)));
}

RefinerBlockImpl::RefinerBlockImpl(const LinguisticTokenRefinerOptions& options) {
  if (options.conditioning != RefinerConditioning::none)
    modulation = register_module(
        "modulation",
        Modulation(ModulationOptions{
            .width = options.width,
            .sublayers = 2,
            .shift_and_scale = options.conditioning == RefinerConditioning::modulation,
            .constant = options.conditioning == RefinerConditioning::constant,
            .gate = options.gate}));
  attention_norm = register_module("attention_norm", layer_norm(options.width));
  if (options.mask == AttentionPattern::diagonal)
    own_value = register_module("attention", OwnValue(options.width));
  else
    attention = register_module("attention", Attention(AttentionOptions{.width = options.width,
                                                                        .heads = options.heads,
                                                                        .rotary = options.rotary}));
  feed_forward_norm = register_module("feed_forward_norm", layer_norm(options.width));
  feed_forward =
      register_module("feed_forward", FeedForward(options.width, options.feed_forward_units()));
}

Tensor RefinerBlockImpl::forward(const Tensor& tokens, const Packing& packing, const Tensor& bias,
                                 const Tensor& c) {
  const auto m = token_modulation(modulation, c, packing);
  const Tensor own = m[0].enter(attention_norm(tokens));
  const Tensor read = own_value ? own_value(own) : attention(own, own, bias, &packing, &packing);
  const Tensor x = m[0].leave(tokens, read);  // (S,D)
  return m[1].leave(x, feed_forward(m[1].enter(feed_forward_norm(x))));
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
