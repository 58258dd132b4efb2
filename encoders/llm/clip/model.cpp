#include "encoders/llm/clip/model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

namespace lidit {

Clip::Clip(const ClipConfig& config, const NamedWeights& weights, at::ScalarType dtype,
           c10::Device device)
    : LanguageModel(shape_of(config), dtype, device), config_(config) {
  words_ = weights.read("embeddings.token_embedding.weight", dtype).to(device);
  positions_ = weights.read("embeddings.position_embedding.weight", dtype).to(device);
  for (std::int64_t i = 0; i < config.depth; ++i) blocks_.push_back(read_block(i, weights));
  final_norm_ = FrozenNorm(weights, "final_layer_norm", config.norm_epsilon, dtype, device);
}

Clip::Block Clip::read_block(std::int64_t index, const NamedWeights& weights) const {
  const std::string block = fmt::format("encoder.layers.{}.", index);
  const auto linear = [&](std::initializer_list<std::string_view> names) {
    return read_joined(weights, block, names, dtype(), device());
  };
  const auto norm = [&](const char* name) {
    return FrozenNorm(weights, block + name, config_.norm_epsilon, dtype(), device());
  };
  return {.attention_norm = norm("layer_norm1"),
          .ffn_norm = norm("layer_norm2"),
          .query_key_value = linear({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}),
          .output = linear({"self_attn.out_proj"}),
          .up = linear({"mlp.fc1"}),
          .down = linear({"mlp.fc2"})};
}

Tensor Clip::embed(const Tensor& ids, const Segments& segments) const {
  return words_.index_select(0, ids) + positions_.index_select(0, segments.positions);
}

Tensor Clip::activated(const Tensor& x) const {
  return config_.quick_gelu ? x * at::sigmoid(x * 1.702) : at::gelu(x);
}

Tensor Clip::attend(const Block& block, const Tensor& x, const Segments& segments,
                    const KeyValue& prefix, KeyValue* own) const {
  const Tensor all = block.query_key_value(x).unflatten(
      1, {3, config_.heads, config_.width / config_.heads});  // (S,3,H,E)
  const Tensor key = all.select(1, 1), value = all.select(1, 2);
  if (own) *own = {key, value};
  return block.output(
      packed_attention(all.select(1, 0), key, value, segments.offsets, prefix, {.causal = true}));
}

Tensor Clip::block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                   const KeyValue& prefix, KeyValue* own) const {
  const Block& block = blocks_[static_cast<std::size_t>(index)];
  const Tensor x = hidden + attend(block, block.attention_norm(hidden), segments, prefix, own);
  return x + block.down(activated(block.up(block.ffn_norm(x))));
}

Tensor Clip::finish(const Tensor& hidden) const { return final_norm_(hidden); }

}  // namespace lidit
