// CLIP's text tower: learned positions, pre-LayerNorm, biases, GELU; causal. The state of the last
// token (the end-of-text token, where the tokenizer writes one) is what CLIP itself pools.
#pragma once
#include "encoders/llm/clip/config.h"
#include "encoders/llm/frozen_linear.h"
#include "encoders/llm/frozen_norm.h"

namespace lidit {

class Clip : public LanguageModel {
 public:
  Clip(const ClipConfig& config, const NamedWeights& weights, at::ScalarType dtype,
       c10::Device device);

 protected:
  Tensor embed(const Tensor& ids, const Segments& segments) const override;
  Tensor block(std::int64_t index, const Tensor& hidden, const Segments& segments,
               const KeyValue& prefix, KeyValue* own) const override;
  Tensor finish(const Tensor& hidden) const override;

 private:
  struct Block {
    FrozenNorm attention_norm, ffn_norm;
    FrozenLinear query_key_value, output, up, down;
  };
  Block read_block(std::int64_t index, const NamedWeights& weights) const;
  Tensor attend(const Block& block, const Tensor& x, const Segments& segments,
                const KeyValue& prefix, KeyValue* own) const;
  Tensor activated(const Tensor& x) const;

  ClipConfig config_;
  Tensor words_, positions_;
  FrozenNorm final_norm_;
  std::vector<Block> blocks_;
};

}  // namespace lidit
