#include "encoders/llm/clip/model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

namespace lidit {

ClipBlock::ClipBlock(const ClipBlockOptions& options, std::int64_t index,
                     const NamedWeights& weights, at::ScalarType dtype, c10::Device device)
    : options_(options) {
  const std::string block = fmt::format("encoder.layers.{}.", index);
  const auto linear = [&](std::initializer_list<std::string_view> names) {
    return read_joined(weights, block, names, dtype, device);
  };
  const auto norm = [&](const char* name) {
    return FrozenNorm(weights, block + name, options.norm_epsilon, dtype, device);
  };
  attention_norm_ = norm("layer_norm1");
  ffn_norm_ = norm("layer_norm2");
  query_key_value_ = linear({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"});
  output_ = linear({"self_attn.out_proj"});
  up_ = linear({"mlp.fc1"});
  down_ = linear({"mlp.fc2"});
}

Tensor ClipBlock::activated(const Tensor& x) const {
  return options_.quick_gelu ? x * at::sigmoid(x * 1.702) : at::gelu(x);
}

Tensor ClipBlock::attend(const Tensor& x, const Segments& segments, const KeyValue& prefix,
                         KeyValue* own) const {
  const Tensor all = query_key_value_(x).unflatten(
      1, {3, options_.heads, options_.width / options_.heads});  // (S,3,H,E)
  const Tensor key = all.select(1, 1), value = all.select(1, 2);
  if (own) *own = {key, value};
  return output_(packed_attention(all.select(1, 0), key, value, segments.offsets, prefix,
                                  {.causal = options_.causal, .shared = segments.shared}));
}

Tensor ClipBlock::forward(const Tensor& hidden, const Segments& segments, const KeyValue& prefix,
                          KeyValue* own) const {
  const Tensor x = hidden + attend(attention_norm_(hidden), segments, prefix, own);
  return x + down_(activated(up_(ffn_norm_(x))));
}

Clip::Clip(const ClipConfig& config, const NamedWeights& weights, at::ScalarType dtype,
           c10::Device device)
    : LanguageModel(shape_of(config), dtype, device) {
  words_ = weights.read("embeddings.token_embedding.weight", dtype).to(device);
  positions_ = weights.read("embeddings.position_embedding.weight", dtype).to(device);
  for (std::int64_t i = 0; i < config.depth; ++i)
    blocks_.emplace_back(block_options(config), i, weights, dtype, device);
  final_norm_ = FrozenNorm(weights, "final_layer_norm", config.norm_epsilon, dtype, device);
}

Tensor Clip::embed(const Tensor& ids, const Segments& segments) const {
  return words_.index_select(0, ids) + positions_.index_select(0, segments.positions);
}

Tensor Clip::block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                   const KeyValue& prefix, KeyValue* own) const {
  return blocks_[static_cast<std::size_t>(index)].forward(hidden, segments, prefix, own);
}

Tensor Clip::finish(const Tensor& hidden) const { return final_norm_(hidden); }

}  // namespace lidit
