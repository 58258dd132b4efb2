#include "encoders/llm/t5/model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "encoders/kernels/row_kernels.h"

namespace lidit {
namespace {

/// Buckets of distances (key minus query): half of them for keys behind the query; of each half,
/// half for one distance each, the others growing like a logarithm up to `farthest`.
Tensor buckets_of(const Tensor& distance, std::int64_t buckets, std::int64_t farthest) {
  const std::int64_t half = buckets / 2, exact = half / 2;
  const Tensor size = distance.abs();
  const double range = std::log(static_cast<double>(farthest) / static_cast<double>(exact));
  const Tensor logarithm = (size.clamp_min(1).to(at::kFloat) / exact).log() / range;
  const Tensor far = (logarithm * (half - exact)).to(at::kLong).add(exact).clamp_max(half - 1);
  return at::where(size < exact, size, far) + (distance > 0).to(at::kLong) * half;
}

}  // namespace

T5::T5(const T5Config& config, const NamedWeights& weights, at::ScalarType dtype,
       c10::Device device)
    : LanguageModel(shape_of(config), dtype, device), config_(config) {
  embedding_ = weights.read("shared.weight", dtype).to(device);
  for (std::int64_t i = 0; i < config.depth; ++i) blocks_.push_back(read_block(i, weights));
  final_norm_ = weights.read("encoder.final_layer_norm.weight", dtype).to(device);
}

T5::Block T5::read_block(std::int64_t index, const NamedWeights& weights) const {
  const auto name_of = [&](const char* name) {
    return fmt::format("encoder.block.{}.layer.{}.weight", index, name);
  };
  const auto read = [&](const char* name) { return weights.read(name_of(name), dtype()); };
  const auto joined = [&](std::initializer_list<const char*> names) {
    std::vector<std::string> full;
    for (const char* name : names) full.push_back(name_of(name));
    return weights.read_joined(full, dtype()).to(device());
  };
  const bool own_bias = index == 0 || config_.bias_in_every_block;
  const Tensor bias =
      own_bias ? weights.read(name_of("0.SelfAttention.relative_attention_bias"), at::kFloat)
                     .to(device())
               : blocks_.front().distance_bias;
  return {.attention_norm = read("0.layer_norm").to(device()),
          .ffn_norm = read("1.layer_norm").to(device()),
          .distance_bias = bias,
          .query_key_value =
              FrozenLinear(joined({"0.SelfAttention.q", "0.SelfAttention.k", "0.SelfAttention.v"})),
          .output = FrozenLinear(read("0.SelfAttention.o").to(device())),
          .gate_up = FrozenGated(joined({"1.DenseReluDense.wi_0", "1.DenseReluDense.wi_1"}),
                                 Activation::gelu_tanh),
          .down = FrozenLinear(read("1.DenseReluDense.wo").to(device()))};
}

Tensor T5::embed(const Tensor& ids, const Segments&) const {
  return embedding_.index_select(0, ids);
}

Tensor T5::position_table(const Tensor& positions) const {
  const std::int64_t last = positions.numel() > 0 ? positions.max().item<std::int64_t>() : 0;
  return buckets_of(at::arange(-last, last + 1, positions.options()), config_.buckets,
                    config_.farthest);
}

Tensor T5::normed(const Tensor& x, const Tensor& weight) const {
  return rms_norm(x, weight, config_.norm_epsilon);
}

Tensor T5::attend(const Block& block, const Tensor& x, const Segments& segments,
                  const KeyValue& prefix, KeyValue* own) const {
  const Tensor all =
      block.query_key_value(x).unflatten(1, {3, config_.heads, config_.head_width});  // (S,3,H,E)
  const Tensor key = all.select(1, 1), value = all.select(1, 2);
  if (own) *own = {key, value};
  const Tensor bias = block.distance_bias.index_select(0, segments.position_table).t();  // (H,2R+1)
  return block.output(packed_attention(all.select(1, 0), key, value, segments.offsets, prefix,
                                       {.scale = 1.0, .distance_bias = bias}));
}

Tensor T5::block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                 const KeyValue& prefix, KeyValue* own) const {
  const Block& block = blocks_[static_cast<std::size_t>(index)];
  const Tensor x =
      hidden + attend(block, normed(hidden, block.attention_norm), segments, prefix, own);
  return x + block.down(block.gate_up(normed(x, block.ffn_norm)));
}

Tensor T5::finish(const Tensor& hidden) const { return normed(hidden, final_norm_); }

}  // namespace lidit
