// T5's encoder: pre-RMSNorm, a bias of scores by distance instead of positions, no scaling of
// scores, gated GELU; every token sees every other.
#pragma once
#include "encoders/llm/frozen_linear.h"
#include "encoders/llm/t5/config.h"

namespace lidit {

class T5 : public LanguageModel {
 public:
  T5(const T5Config& config, const NamedWeights& weights, at::ScalarType dtype, c10::Device device);

 protected:
  Tensor embed(const Tensor& ids, const Segments& segments) const override;
  /// The bucket of every distance from -R to R, R the last position: (2R+1) int64.
  Tensor position_table(const Tensor& positions) const override;
  Tensor block(std::int64_t index, const Tensor& hidden, const Segments& segments,
               const KeyValue& prefix, KeyValue* own) const override;
  Tensor finish(const Tensor& hidden) const override;

 private:
  struct Block {
    Tensor attention_norm, ffn_norm;
    Tensor distance_bias;  // (buckets,H) fp32
    FrozenLinear query_key_value, output;
    FrozenGated gate_up;
    FrozenLinear down;
  };
  Block read_block(std::int64_t index, const NamedWeights& weights) const;
  Tensor attend(const Block& block, const Tensor& x, const Segments& segments,
                const KeyValue& prefix, KeyValue* own) const;
  Tensor normed(const Tensor& x, const Tensor& weight) const;

  T5Config config_;
  Tensor embedding_, final_norm_;
  std::vector<Block> blocks_;
};

}  // namespace lidit
