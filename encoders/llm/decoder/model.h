// Causal decoders: RMSNorm, rotary positions, grouped-query attention, gated feed-forward network.
#pragma once
#include "encoders/llm/decoder/config.h"
#include "encoders/llm/frozen_linear.h"

namespace lidit {

class Decoder : public LanguageModel {
 public:
  Decoder(DecoderConfig config, const NamedWeights& weights, at::ScalarType dtype,
          c10::Device device);

 protected:
  Tensor embed(const Tensor& ids, const Segments& segments) const override;
  /// Cosines and sines (2,S,E/2) for blocks that see everything, and behind them, if there are such
  /// blocks, those for blocks that slide: (1 or 2,2,S,E/2).
  Tensor position_table(const Tensor& positions) const override;
  Tensor block(std::int64_t index, const Tensor& hidden, const Segments& segments,
               const KeyValue& prefix, KeyValue* own) const override;
  Tensor finish(const Tensor& hidden) const override;

 private:
  struct Block {
    bool slides;
    // The norms behind attention and FFN, and those of queries and keys, may be undefined.
    Tensor attention_norm, after_attention_norm, ffn_norm, after_ffn_norm, query_norm, key_norm;
    FrozenLinear query_key_value, output;
    FrozenGated gate_up;
    FrozenLinear down;
  };
  Block read_block(std::int64_t index, const NamedWeights& weights) const;
  Tensor read_norm(const std::string& name, const NamedWeights& weights) const;
  FrozenLinear read_query_key_value(const std::string& name, const NamedWeights& weights) const;
  Tensor attend(const Block& block, const Tensor& x, const Segments& segments,
                const KeyValue& prefix, KeyValue* own) const;
  void norm_heads_(Tensor& rows, const Block& block) const;
  /// x itself where the family has no such norm.
  Tensor normed(const Tensor& x, const Tensor& weight) const;

  DecoderConfig config_;
  Tensor embedding_, embedding_scale_, final_norm_, frequencies_, sliding_frequencies_;
  std::vector<Block> blocks_;
};

}  // namespace lidit
