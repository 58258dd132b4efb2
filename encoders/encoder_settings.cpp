#include "encoders/encoder_settings.h"

namespace lidit {

std::vector<std::int64_t> EncoderSettings::kept_layers() const {
  return layer_mix == LayerMix::single ? std::vector<std::int64_t>{layer} : layers;
}

TemplateSettings EncoderSettings::prompt_template(const LanguageModelShape& shape) const {
  return {.chat_template = chat_template,
          .instruction = instruction,
          .causal = shape.causal,
          .random_words = random_words,
          .bos = bos,
          .system_text = system_text,
          .ends_captions = shape.pools_end_token};
}

Fields feature_fields(const EncoderSettings& settings) {
  Fields fields = {{"template", settings.chat_template},
                   {"instruction", settings.instruction},
                   {"dtype", std::string(settings.dtype == at::kFloat ? "f32" : "bf16")}};
  if (settings.layer_mix == LayerMix::single) {
    fields["layer"] = settings.layer;
  } else {
    fields["layers"] = settings.layers;
    fields["layer_mix"] = std::string(name_of(settings.layer_mix));
  }
  if (settings.system_text) fields["system"] = *settings.system_text;
  if (settings.random_words) fields["random_words"] = true;
  if (settings.bos == BosUse::drop) fields["bos"] = std::string("drop");
  if (settings.bos == BosUse::mask) fields["bos"] = std::string("mask");
  return fields;
}

}  // namespace lidit
