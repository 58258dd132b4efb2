#include "encoders/llm/bert/model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

namespace lidit {

Bert::Bert(const BertConfig& config, const NamedWeights& weights, at::ScalarType dtype,
           c10::Device device)
    : LanguageModel(shape_of(config), dtype, device), config_(config) {
  const auto read = [&](std::string_view name) {
    return weights.read(fmt::format("embeddings.{}_embeddings.weight", name), dtype).to(device);
  };
  words_ = read("word");
  positions_ = read("position");
  type_ = read("token_type")[0].clone();
  embedding_norm_ = FrozenNorm(weights, "embeddings.LayerNorm", config.norm_epsilon, dtype, device);
  for (std::int64_t i = 0; i < config.depth; ++i) blocks_.push_back(read_block(i, weights));
}

Bert::Block Bert::read_block(std::int64_t index, const NamedWeights& weights) const {
  const std::string block = fmt::format("encoder.layer.{}.", index);
  const auto joined = [&](std::initializer_list<std::string_view> names) {
    return read_joined(weights, block, names, dtype(), device());
  };
  const auto norm = [&](const char* name) {
    return FrozenNorm(weights, block + name, config_.norm_epsilon, dtype(), device());
  };
  return {.query_key_value =
              joined({"attention.self.query", "attention.self.key", "attention.self.value"}),
          .output = joined({"attention.output.dense"}),
          .up = joined({"intermediate.dense"}),
          .down = joined({"output.dense"}),
          .attention_norm = norm("attention.output.LayerNorm"),
          .ffn_norm = norm("output.LayerNorm")};
}

Tensor Bert::embed(const Tensor& ids, const Segments& segments) const {
  return embedding_norm_(words_.index_select(0, ids) + type_ +
                         positions_.index_select(0, segments.positions));
}

Tensor Bert::block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                   const KeyValue& prefix, KeyValue* own) const {
  const Block& block = blocks_[static_cast<std::size_t>(index)];
  const Tensor all = block.query_key_value(hidden).unflatten(
      1, {3, config_.heads, config_.width / config_.heads});  // (S,3,H,E)
  const Tensor key = all.select(1, 1), value = all.select(1, 2);
  if (own) *own = {key, value};
  const Tensor attended =
      packed_attention(all.select(1, 0), key, value, segments.offsets, prefix, {});
  const Tensor x = block.attention_norm(block.output(attended) + hidden);
  return block.ffn_norm(block.down(at::gelu(block.up(x))) + x);
}

Tensor Bert::finish(const Tensor& hidden) const { return hidden; }

}  // namespace lidit
