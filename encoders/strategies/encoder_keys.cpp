#include "encoders/strategies/encoder_keys.h"

#include "encoders/strategies/instructions.h"
#include "encoders/strategies/setting_reader.h"
#include "encoders/text/chat_template.h"

namespace lidit {
namespace {

constexpr std::int64_t kMaxEncoders = 8;
constexpr std::int64_t kCausalLayer = -3, kBidirectionalLayer = -1;

const Choices<at::ScalarType> kDtypes = {{"bf16", at::kBFloat16}, {"f32", at::kFloat}};
const Choices<FeatureNorm> kFeatureNorms = {{"rms", FeatureNorm::rms},
                                            {"standardized", FeatureNorm::standardized},
                                            {"none", FeatureNorm::none}};
const Choices<BosUse> kBosUses = {
    {"keep", BosUse::keep}, {"drop", BosUse::drop}, {"mask", BosUse::mask}};
const Choices<PrefixCrop> kCrops = {{"none", PrefixCrop::none},
                                    {"before-refiner", PrefixCrop::before_refiner},
                                    {"after-refiner", PrefixCrop::after_refiner},
                                    {"after-fusion", PrefixCrop::after_fusion}};

std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const ChatTemplate& entry : chat_template_table()) names.emplace_back(entry.name);
  return names;
}

std::string_view instruction_summary() {
  static const std::string summary = [] {
    std::string names;
    for (const std::string& name : instruction_names()) names += name + ", ";
    return "what stands before the caption: " + names + "or a text of your own";
  }();
  return summary;
}

}  // namespace

std::span<const KeyDescription> encoder_keys() {
  static const std::vector<KeyDescription> keys = {
      {.key = "encoder.count",
       .kind = "integer",
       .summary = "how many language models are joined",
       .at_least = 1,
       .at_most = kMaxEncoders},
      {.key = "encoder.model",
       .per_encoder = true,
       .kind = "text",
       .summary = "a model's name, a GGUF file, a folder, or features:DIR"},
      {.key = "encoder.layer",
       .per_encoder = true,
       .kind = "integer",
       .summary = "which hidden state, counted as transformers does (0: embeddings, -1: last)"},
      {.key = "encoder.dtype",
       .per_encoder = true,
       .kind = "text",
       .summary = "type of computation and of the features",
       .choices = names_of(kDtypes)},
      {.key = "encoder.instruction",
       .per_encoder = true,
       .kind = "text",
       .summary = instruction_summary()},
      {.key = "encoder.template",
       .per_encoder = true,
       .kind = "text",
       .summary = "chat template around instruction and caption",
       .choices = template_names()},
      {.key = "encoder.bos",
       .per_encoder = true,
       .kind = "text",
       .summary =
           "a causal model's first token: its state is kept, it is not read at all, or it is "
           "read and its state masked",
       .choices = names_of(kBosUses)},
      {.key = "encoder.feature_norm",
       .per_encoder = true,
       .kind = "text",
       .summary = "what is done to each hidden state before the linear adapter",
       .choices = names_of(kFeatureNorms)},
      {.key = "encoder.crop",
       .kind = "text",
       .summary = "where the states of instruction and template leave the route",
       .choices = names_of(kCrops)},
  };
  return keys;
}

Fields encoder_defaults() {
  return {{"encoder.count", std::int64_t{1}},
          {"encoder.model", std::string("smollm2-135m-instruct")},
          {"encoder.dtype", std::string("bf16")},
          {"encoder.instruction", std::string("none")},
          {"encoder.template", std::string("plain")},
          {"encoder.bos", std::string("keep")},
          {"encoder.feature_norm", std::string("rms")},
          {"encoder.crop", std::string("after-fusion")}};
}

std::string encoder_key(std::size_t encoder, std::string_view name) {
  return "encoder." + std::to_string(encoder) + "." + std::string(name);
}

std::size_t parse_encoder_count(const Fields& fields) {
  return static_cast<std::size_t>(bounded(fields, encoder_keys(), "encoder.count"));
}

EncoderPart parse_encoder(const Fields& fields, std::size_t encoder) {
  const auto key = [&](std::string_view name) {
    const std::string own = encoder_key(encoder, name);
    return fields.contains(own) ? own : "encoder." + std::string(name);
  };
  if (!fields.contains(key("layer")))
    throw SpecError(key("layer") + " is missing: say which hidden state of '" +
                    get<std::string>(fields, key("model")) + "' to use, -1 for the last.");
  const Instruction instruction = find_instruction(get<std::string>(fields, key("instruction")));
  EncoderPart part;
  part.source = {.model = get<std::string>(fields, key("model")),
                 .layer = get<std::int64_t>(fields, key("layer")),
                 .dtype = choose(fields, key("dtype"), kDtypes),
                 .instruction = instruction.text,
                 .chat_template = get<std::string>(fields, key("template")),
                 .random_words = instruction.random_words,
                 .bos = choose(fields, key("bos"), kBosUses)};
  part.feature_norm = choose(fields, key("feature_norm"), kFeatureNorms);
  return part;
}

PrefixCrop parse_crop(const Fields& fields) { return choose(fields, "encoder.crop", kCrops); }

void complete_encoders(Fields& fields, const Fields& asked,
                       const std::function<bool(const std::string&)>& is_bidirectional) {
  const std::size_t encoders = parse_encoder_count(fields);
  for (std::size_t i = 0; i < encoders; ++i) {
    const auto was_asked = [&](std::string_view name) {
      return asked.contains("encoder." + std::string(name)) || asked.contains(encoder_key(i, name));
    };
    const std::string own_model = encoder_key(i, "model");
    const bool bidirectional = is_bidirectional(
        get<std::string>(fields, fields.contains(own_model) ? own_model : "encoder.model"));
    if (!fields.contains("encoder.layer"))
      fields.try_emplace(encoder_key(i, "layer"),
                         bidirectional ? kBidirectionalLayer : kCausalLayer);
    if (!bidirectional || encoders == 1) continue;
    if (!was_asked("instruction")) fields[encoder_key(i, "instruction")] = std::string("none");
    if (!was_asked("template")) fields[encoder_key(i, "template")] = std::string("plain");
    if (!was_asked("bos")) fields[encoder_key(i, "bos")] = std::string("keep");
  }
}

}  // namespace lidit
