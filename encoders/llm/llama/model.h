// The Llama family: pre-RMSNorm, rotary positions, grouped-query attention, SwiGLU; causal.
#pragma once
#include "encoders/llm/frozen_linear.h"
#include "encoders/llm/llama/config.h"

namespace lidit {

class Llama : public LanguageModel {
 public:
  Llama(const LlamaConfig& config, const NamedWeights& weights, at::ScalarType dtype,
        c10::Device device);

 protected:
  Tensor embed(const Tensor& ids, const Segments& segments) const override;
  Tensor rotation(const Tensor& positions) const override;
  Tensor block(std::int64_t index, const Tensor& hidden, const Segments& segments,
               const KeyValue& prefix, KeyValue* own) const override;
  Tensor finish(const Tensor& hidden) const override;

 private:
  struct Block {
    Tensor attention_norm, ffn_norm;
    FrozenLinear query_key_value, output, gate_up, down;
  };
  Block read_block(std::int64_t index, const NamedWeights& weights) const;
  Tensor attend(const Block& block, const Tensor& x, const Segments& segments,
                const KeyValue& prefix, KeyValue* own) const;
  Tensor normed(const Tensor& x, const Tensor& weight) const;

  LlamaConfig config_;
  Tensor embedding_, final_norm_;
  std::vector<Block> blocks_;
};

}  // namespace lidit
