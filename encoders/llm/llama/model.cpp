#include "encoders/llm/llama/model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "encoders/kernels/rotary.h"
#include "encoders/kernels/row_kernels.h"

namespace lidit {
namespace {

/// GGUF's conversion of Llama interleaves the two halves of every head in the rows of Q and K;
/// (H,E/2,2,D) back to (H,2,E/2,D).
Tensor halves_order(const Tensor& weight, std::int64_t heads) {
  return weight.unflatten(0, {heads, -1, 2}).transpose(1, 2).reshape(weight.sizes());
}

}  // namespace

Llama::Llama(const LlamaConfig& config, const NamedWeights& weights, at::ScalarType dtype,
             c10::Device device)
    : LanguageModel(shape_of(config), dtype, device), config_(config) {
  embedding_ = weights.read("embed_tokens.weight", dtype).to(device);
  final_norm_ = weights.read("norm.weight", dtype).to(device);
  for (std::int64_t i = 0; i < config.depth; ++i) blocks_.push_back(read_block(i, weights));
}

Llama::Block Llama::read_block(std::int64_t index, const NamedWeights& weights) const {
  const auto read = [&](std::string_view name) {
    return weights.read(fmt::format("layers.{}.{}.weight", index, name), dtype());
  };
  Tensor query = read("self_attn.q_proj"), key = read("self_attn.k_proj");
  if (weights.naming() == Naming::gguf) {
    query = halves_order(query, config_.heads);
    key = halves_order(key, config_.kv_heads);
  }
  const auto placed = [this](const Tensor& weight) { return weight.to(device()); };
  return {.attention_norm = placed(read("input_layernorm")),
          .ffn_norm = placed(read("post_attention_layernorm")),
          .query_key_value = FrozenLinear(placed(at::cat({query, key, read("self_attn.v_proj")}))),
          .output = FrozenLinear(placed(read("self_attn.o_proj"))),
          .gate_up = FrozenLinear(placed(at::cat({read("mlp.gate_proj"), read("mlp.up_proj")}))),
          .down = FrozenLinear(placed(read("mlp.down_proj")))};
}

Tensor Llama::embed(const Tensor& ids, const Segments&) const {
  return embedding_.index_select(0, ids);
}

Tensor Llama::rotation(const Tensor& positions) const {
  return rotary_table(positions, config_.head_width, config_.rotary_base);
}

Tensor Llama::normed(const Tensor& x, const Tensor& weight) const {
  return rms_norm(x, weight, config_.norm_epsilon);
}

Tensor Llama::attend(const Block& block, const Tensor& x, const Segments& segments,
                     const KeyValue& prefix, KeyValue* own) const {
  const std::int64_t heads = config_.heads, kv_heads = config_.kv_heads;
  Tensor rows = block.query_key_value(x);  // (S,(H+2KV)*E)
  rotate_heads_(rows, segments.rotation, heads + kv_heads);
  const Tensor all = rows.unflatten(1, {heads + 2 * kv_heads, config_.head_width});
  const Tensor query = all.narrow(1, 0, heads);                    // (S,H,E)
  const Tensor key = all.narrow(1, heads, kv_heads);               // (S,KV,E)
  const Tensor value = all.narrow(1, heads + kv_heads, kv_heads);  // (S,KV,E)
  if (own) *own = {key, value};
  return block.output(packed_attention(query, key, value, segments.offsets, prefix, true));
}

Tensor Llama::block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                    const KeyValue& prefix, KeyValue* own) const {
  const Block& block = blocks_[static_cast<std::size_t>(index)];
  const Tensor x =
      hidden + attend(block, normed(hidden, block.attention_norm), segments, prefix, own);
  return x + block.down(gated_silu(block.gate_up(normed(x, block.ffn_norm))));
}

Tensor Llama::finish(const Tensor& hidden) const { return normed(hidden, final_norm_); }

}  // namespace lidit
