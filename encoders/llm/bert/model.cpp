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
  embedding_norm_ = read_norm("embeddings.LayerNorm", weights);
  for (std::int64_t i = 0; i < config.depth; ++i) blocks_.push_back(read_block(i, weights));
}

Bert::Norm Bert::read_norm(const std::string& name, const NamedWeights& weights) const {
  return {weights.read(name + ".weight", dtype()).to(device()),
          weights.read(name + ".bias", dtype()).to(device())};
}

Bert::Block Bert::read_block(std::int64_t index, const NamedWeights& weights) const {
  const std::string block = fmt::format("encoder.layer.{}.", index);
  const auto joined = [&](std::initializer_list<std::string_view> names) {
    std::vector<Tensor> weight, bias;
    for (const std::string_view name : names) {
      weight.push_back(weights.read(fmt::format("{}{}.weight", block, name), dtype()));
      bias.push_back(weights.read(fmt::format("{}{}.bias", block, name), dtype()));
    }
    return FrozenLinear(at::cat(weight).to(device()), at::cat(bias).to(device()));
  };
  return {.query_key_value =
              joined({"attention.self.query", "attention.self.key", "attention.self.value"}),
          .output = joined({"attention.output.dense"}),
          .up = joined({"intermediate.dense"}),
          .down = joined({"output.dense"}),
          .attention_norm = read_norm(block + "attention.output.LayerNorm", weights),
          .ffn_norm = read_norm(block + "output.LayerNorm", weights)};
}

Tensor Bert::layer_norm(const Tensor& x, const Norm& norm) const {
  return at::layer_norm(x, norm.weight.sizes(), norm.weight, norm.bias, config_.norm_epsilon);
}

Tensor Bert::embed(const Tensor& ids, const Segments& segments) const {
  return layer_norm(
      words_.index_select(0, ids) + type_ + positions_.index_select(0, segments.positions),
      embedding_norm_);
}

Tensor Bert::block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                   const KeyValue& prefix, KeyValue* own) const {
  const Block& block = blocks_[static_cast<std::size_t>(index)];
  const Tensor all = block.query_key_value(hidden).unflatten(
      1, {3, config_.heads, config_.width / config_.heads});  // (S,3,H,E)
  const Tensor key = all.select(1, 1), value = all.select(1, 2);
  if (own) *own = {key, value};
  const Tensor attended =
      packed_attention(all.select(1, 0), key, value, segments.offsets, prefix, false);
  const Tensor x = layer_norm(block.output(attended) + hidden, block.attention_norm);
  return layer_norm(block.down(at::gelu(block.up(x))) + x, block.ffn_norm);
}

Tensor Bert::finish(const Tensor& hidden) const { return hidden; }

}  // namespace lidit
