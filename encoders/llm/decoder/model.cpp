#include "encoders/llm/decoder/model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "encoders/kernels/rotary.h"

namespace lidit {
namespace {

/// GGUF's conversion of Llama interleaves the two halves of every head in the rows of Q and K;
/// (H,E/2,2,D) back to (H,2,E/2,D).
Tensor halves_order(const Tensor& weight, std::int64_t heads) {
  return weight.unflatten(0, {heads, -1, 2}).transpose(1, 2).reshape(weight.sizes());
}

}  // namespace

Decoder::Decoder(DecoderConfig config, const NamedWeights& weights, at::ScalarType dtype,
                 c10::Device device)
    : LanguageModel(shape_of(config), dtype, device), config_(std::move(config)) {
  const DecoderOptions& options = config_.options;
  embedding_ = weights.read("embed_tokens.weight", dtype).to(device);
  if (options.scaled_embedding)  // rounded to the compute type, as Gemma was trained
    embedding_scale_ =
        at::scalar_tensor(std::sqrt(static_cast<double>(config_.width)), embedding_.options());
  frequencies_ = rotary_frequencies(options.rotary, config_.head_width, device);
  if (options.sliding)
    sliding_frequencies_ = rotary_frequencies(options.sliding->rotary, config_.head_width, device);
  if (options.interleaved_heads)
    if (const Tensor divisors = weights.read("rope_freqs.weight", at::kFloat); divisors.defined())
      frequencies_ = frequencies_ / divisors.to(device);
  for (std::int64_t i = 0; i < config_.depth; ++i) blocks_.push_back(read_block(i, weights));
  final_norm_ = read_norm("norm", weights);
}

Tensor Decoder::read_norm(const std::string& name, const NamedWeights& weights) const {
  const Tensor weight = weights.read(name + ".weight", at::kFloat);
  return (config_.options.norms_less_one ? weight + 1 : weight).to(device(), dtype());
}

FrozenLinear Decoder::read_query_key_value(const std::string& block,
                                           const NamedWeights& weights) const {
  std::vector<std::string> weight_names, bias_names;
  for (const char* part : {"q_proj", "k_proj", "v_proj"}) {
    weight_names.push_back(fmt::format("{}self_attn.{}.weight", block, part));
    bias_names.push_back(fmt::format("{}self_attn.{}.bias", block, part));
  }
  const Tensor weight = weights.read_joined(weight_names, dtype());
  if (config_.options.interleaved_heads) {
    const std::int64_t heads = config_.heads + config_.kv_heads;
    const Tensor rotated = weight.narrow(0, 0, heads * config_.head_width);
    rotated.copy_(halves_order(rotated, heads));
  }
  Tensor bias;
  if (config_.options.query_key_value_bias)
    bias = weights.read_joined(bias_names, dtype()).to(device());
  return FrozenLinear(weight.to(device()), bias);
}

Decoder::Block Decoder::read_block(std::int64_t index, const NamedWeights& weights) const {
  const std::string block = fmt::format("layers.{}.", index);
  const DecoderOptions& options = config_.options;
  const auto read = [&](const char* name) {
    return weights.read(fmt::format("{}{}.weight", block, name), dtype());
  };
  const auto norm_if = [&](bool here, const char* name) {
    return here ? read_norm(block + name, weights) : Tensor();
  };
  const bool both = options.sandwich_norms, heads = options.query_key_norm;
  return {
      .slides = config_.slides(index),
      .attention_norm = norm_if(true, "input_layernorm"),
      .after_attention_norm = norm_if(both, "post_attention_layernorm"),
      .ffn_norm = norm_if(true, both ? "pre_feedforward_layernorm" : "post_attention_layernorm"),
      .after_ffn_norm = norm_if(both, "post_feedforward_layernorm"),
      .query_norm = norm_if(heads, "self_attn.q_norm"),
      .key_norm = norm_if(heads, "self_attn.k_norm"),
      .query_key_value = read_query_key_value(block, weights),
      .output = FrozenLinear(read("self_attn.o_proj").to(device())),
      .gate_up = FrozenGated(
          weights
              .read_joined(std::array{block + "mlp.gate_proj.weight", block + "mlp.up_proj.weight"},
                           dtype())
              .to(device()),
          options.activation),
      .down = FrozenLinear(read("mlp.down_proj").to(device()))};
}

Tensor Decoder::embed(const Tensor& ids, const Segments&) const {
  const Tensor rows = embedding_.index_select(0, ids);
  return embedding_scale_.defined() ? rows * embedding_scale_ : rows;
}

Tensor Decoder::position_table(const Tensor& positions) const {
  const Tensor table = rotary_table(positions, frequencies_);
  return sliding_frequencies_.defined()
             ? at::stack({table, rotary_table(positions, sliding_frequencies_)})
             : table.unsqueeze(0);
}

Tensor Decoder::normed(const Tensor& x, const Tensor& weight) const {
  return weight.defined() ? rms_norm(x, weight, config_.norm_epsilon) : x;
}

void Decoder::norm_heads_(Tensor& rows, const Block& block) const {
  if (!block.query_norm.defined()) return;
  const std::int64_t width = config_.head_width, queries = config_.heads * width;
  const auto norm_ = [&](const Tensor& part, const Tensor& weight) {
    part.copy_(normed(part.reshape({-1, width}), weight).view(part.sizes()));
  };
  norm_(rows.narrow(1, 0, queries), block.query_norm);
  norm_(rows.narrow(1, queries, config_.kv_heads * width), block.key_norm);
}

Tensor Decoder::attend(const Block& block, const Tensor& x, const Segments& segments,
                       const KeyValue& prefix, KeyValue* own) const {
  const std::int64_t heads = config_.heads, kv_heads = config_.kv_heads;
  const DecoderOptions& options = config_.options;
  Tensor rows = block.query_key_value(x);  // (S,(H+2KV)*E)
  norm_heads_(rows, block);
  rotate_heads_(rows, segments.position_table[block.slides ? 1 : 0], heads + kv_heads);
  const Tensor all = rows.unflatten(1, {heads + 2 * kv_heads, config_.head_width});
  const Tensor query = all.narrow(1, 0, heads);                    // (S,H,E)
  const Tensor key = all.narrow(1, heads, kv_heads);               // (S,KV,E)
  const Tensor value = all.narrow(1, heads + kv_heads, kv_heads);  // (S,KV,E)
  if (own) *own = {key, value};
  PackedAttentionOptions attention{.causal = true,
                                   .scale = options.attention_scale,
                                   .soft_cap = options.attention_soft_cap,
                                   .shared = segments.shared};
  if (block.slides) attention.window = options.sliding->window;
  return block.output(packed_attention(query, key, value, segments.offsets, prefix, attention));
}

Tensor Decoder::block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                      const KeyValue& prefix, KeyValue* own) const {
  const Block& block = blocks_[static_cast<std::size_t>(index)];
  const Tensor attended =
      attend(block, normed(hidden, block.attention_norm), segments, prefix, own);
  const Tensor x = hidden + normed(attended, block.after_attention_norm);
  const Tensor gated = block.gate_up(normed(x, block.ffn_norm));
  return x + normed(block.down(gated), block.after_ffn_norm);
}

Tensor Decoder::finish(const Tensor& hidden) const { return normed(hidden, final_norm_); }

}  // namespace lidit
