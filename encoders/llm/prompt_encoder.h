// A language model as a source of features: text to tokens to hidden states.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "encoders/feature_file.h"
#include "encoders/feature_source.h"
#include "encoders/layer_mix.h"
#include "encoders/llm/language_model.h"
#include "encoders/text/templated_tokenizer.h"

namespace lidit {

struct PromptEncoderParts {
  LanguageModelShape shape;
  std::vector<std::int64_t> layers;  // 0..depth, as LanguageModel counts them
  LayerMix mix = LayerMix::single;   // of `layers`, in what is given out
  at::ScalarType dtype;
  std::vector<std::int64_t> prefix;  // token ids before every prompt; causal models only
  std::int64_t masked_prefix = 0;    // of them, from the first, whose states are not given out
  bool share_beginnings = true;      // of prompts, in a causal model on the CPU: the same bits
  std::function<PromptTokens(std::string_view)> tokenize;
  std::function<std::shared_ptr<const LanguageModel>()> load;  // called when first needed
};

/// Encodes prompts in packed batches. The weights are loaded, and the prefix is encoded, once, when
/// the first prompt comes. Several threads may call it.
class PromptEncoder : public FeatureSource {
 public:
  explicit PromptEncoder(PromptEncoderParts parts);

  /// Prompts that occur twice are computed once. Throws UserError that names the prompt when it is
  /// longer than the model's context.
  FrozenFeatures encode(std::span<const Prompt> prompts) const override;
  std::vector<std::int64_t> widths() const override;

  /// Features with token ids and hashes of the prompts.
  FeatureFile encode_to_file(std::span<const Prompt> prompts) const;
  /// Number of rows that each prompt will have; throws as encode does. Needs no weights.
  std::vector<std::int64_t> token_counts(std::span<const Prompt> prompts) const;
  /// Of all that is given out for one token: its states, its id and its span.
  std::int64_t bytes_per_token() const;

 private:
  PromptTokens tokenize(const Prompt& prompt) const;
  void load() const;

  PromptEncoderParts parts_;
  mutable std::once_flag loaded_;
  mutable std::shared_ptr<const LanguageModel> model_;
  mutable EncodedPrefix prefix_;
};

}  // namespace lidit
