// CLIP's text tower: learned positions, pre-LayerNorm, biases, GELU; causal. The state of the
// end-of-text token, which the tokenizer writes behind every prompt, is what CLIP itself pools.
#pragma once
#include "encoders/kernels/packed_attention.h"
#include "encoders/llm/clip/config.h"
#include "encoders/llm/frozen_linear.h"
#include "encoders/llm/frozen_norm.h"
#include "encoders/llm/language_model.h"

namespace lidit {

/// See ClipBlockOptions.
class ClipBlock {
 public:
  /// Reads "encoder.layers.INDEX.*".
  ClipBlock(const ClipBlockOptions& options, std::int64_t index, const NamedWeights& weights,
            at::ScalarType dtype, c10::Device device);
  /// Packed rows (S,D) -> (S,D). Writes the rows' keys and values to `own` unless it is null.
  Tensor forward(const Tensor& hidden, const Segments& segments, const KeyValue& prefix,
                 KeyValue* own) const;

 private:
  Tensor attend(const Tensor& x, const Segments& segments, const KeyValue& prefix,
                KeyValue* own) const;
  Tensor activated(const Tensor& x) const;

  ClipBlockOptions options_;
  FrozenNorm attention_norm_, ffn_norm_;
  FrozenLinear query_key_value_, output_, up_, down_;
};

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
  Tensor words_, positions_;
  FrozenNorm final_norm_;
  std::vector<ClipBlock> blocks_;
};

}  // namespace lidit
