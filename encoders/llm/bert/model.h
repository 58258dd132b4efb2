// The BERT family: learned positions, post-LayerNorm, biases, GELU; every token sees every other.
#pragma once
#include "encoders/llm/bert/config.h"
#include "encoders/llm/frozen_linear.h"
#include "encoders/llm/frozen_norm.h"

namespace lidit {

class Bert : public LanguageModel {
 public:
  Bert(const BertConfig& config, const NamedWeights& weights, at::ScalarType dtype,
       c10::Device device);

 protected:
  /// All tokens are of type 0, as for a single sentence.
  Tensor embed(const Tensor& ids, const Segments& segments) const override;
  Tensor block(std::int64_t index, const Tensor& hidden, const Segments& segments,
               const KeyValue& prefix, KeyValue* own) const override;
  Tensor finish(const Tensor& hidden) const override;

 private:
  struct Block {
    FrozenLinear query_key_value, output, up, down;
    FrozenNorm attention_norm, ffn_norm;
  };
  Block read_block(std::int64_t index, const NamedWeights& weights) const;

  BertConfig config_;
  Tensor words_, positions_, type_;
  FrozenNorm embedding_norm_;
  std::vector<Block> blocks_;
};

}  // namespace lidit
