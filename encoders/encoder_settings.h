// Everything about one frozen encoder that can change its features.
#pragma once
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "encoders/feature_source.h"
#include "encoders/layer_mix.h"
#include "encoders/llm/language_model.h"
#include "encoders/text/templated_tokenizer.h"
#include "results/fields.h"

namespace lidit {

struct EncoderSettings {
  std::string model;  // a name of models.lock, a GGUF file, a folder, untrained:..., features:...
  std::int64_t layer = -3;               // index into transformers' hidden_states; < 0 from the end
  at::ScalarType dtype = at::kBFloat16;  // of computation and of the features: kBFloat16 or kFloat
  std::string instruction{};             // text before the caption; empty: none
  std::string chat_template = "plain";   // see text/chat_template.h
  std::optional<std::string> system_text{};  // of the template's system turn; empty: no such turn
  bool random_words = false;  // unrelated words of as many tokens in the place of the instruction
  BosUse bos = BosUse::keep;  // of a causal model
  LayerMix layer_mix = LayerMix::single;
  std::vector<std::int64_t> layers{};  // in the place of `layer`, unless the mix is single

  bool operator==(const EncoderSettings&) const = default;
  /// The hidden states that are read, as the settings count them.
  std::vector<std::int64_t> kept_layers() const;
  /// What stands around the captions of a model of that shape.
  TemplateSettings prompt_template(const LanguageModelShape& shape) const;
};

/// Everything of the settings that decides the features besides the model's files, in the words of
/// a spec. What is off is left out, so that what is stored stays known when settings are added.
Fields feature_fields(const EncoderSettings& settings);

/// The encoder behind the feature store of `home` (the folder with models/ and features/): only
/// prompts that are not stored yet are computed, and weights are loaded only then.
/// Throws MachineError when the model is not there, FileError when its files are broken.
std::shared_ptr<const FeatureSource> open_encoder(const EncoderSettings& settings,
                                                  const std::filesystem::path& home,
                                                  c10::Device device);

}  // namespace lidit
