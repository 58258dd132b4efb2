#include "encoders/strategies/encoder_keys.h"

#include <algorithm>
#include <iterator>

#include "encoders/strategies/instructions.h"
#include "encoders/strategies/setting_reader.h"
#include "encoders/text/chat_template.h"

namespace lidit {
namespace {

constexpr double kMaxEncoders = 8;
constexpr std::string_view kOfCheckpoint = "checkpoint";
constexpr std::string_view kTemplatesOwn = "template", kNoSystem = "none";
constexpr std::int64_t kCausalLayer = -3, kBidirectionalLayer = -1;

const Choices<at::ScalarType> kDtypes = {{"bf16", at::kBFloat16}, {"f32", at::kFloat}};
const Choices<FeatureNorm> kFeatureNorms = {{"rms", FeatureNorm::rms},
                                            {"layer-norm", FeatureNorm::layer_norm},
                                            {"affine-layer-norm", FeatureNorm::affine_layer_norm},
                                            {"scaled-rms", FeatureNorm::scaled_rms},
                                            {"standardized", FeatureNorm::standardized},
                                            {"none", FeatureNorm::none}};
const Choices<LayerMix> kMixes(std::begin(kLayerMixes), std::end(kLayerMixes));
const std::vector<std::int64_t> kConcatLayers = {-2, -1};
const Choices<BosUse> kBosUses = {
    {"keep", BosUse::keep}, {"drop", BosUse::drop}, {"mask", BosUse::mask}};
const Choices<PrefixCrop> kCrops = {{"none", PrefixCrop::none},
                                    {"before-refiner", PrefixCrop::before_refiner},
                                    {"after-refiner", PrefixCrop::after_refiner},
                                    {"after-fusion", PrefixCrop::after_fusion}};

std::string_view template_summary() {
  static const std::string summary = [] {
    std::string names;
    for (const ChatTemplate& entry : chat_template_table()) names += std::string(entry.name) + ", ";
    return "chat template around instruction and caption: " + names + std::string(kOfCheckpoint) +
           " (the one that the model's files bring), or a text of your own with {prompt} at its "
           "end, {system} and {instruction}";
  }();
  return summary;
}

/// Nothing: the template's own.
std::optional<std::string> system_text_of(const std::string& setting) {
  if (setting == kTemplatesOwn) return std::nullopt;
  return setting == kNoSystem ? "" : setting;
}

std::string_view instruction_summary() {
  static const std::string summary = [] {
    std::string names;
    for (const std::string& name : instruction_names()) names += name + ", ";
    return "what stands before the caption: " + names + "or a text of your own";
  }();
  return summary;
}

/// encoder.K.x if it is there, else encoder.x.
std::string key_in_force(const Fields& fields, std::size_t encoder, std::string_view name) {
  const std::string own = encoder_key(encoder, name);
  return fields.contains(own) ? own : "encoder." + std::string(name);
}

LayerMix mix_of(const Fields& fields, std::size_t encoder) {
  return choose(fields, key_in_force(fields, encoder, "layer_mix"), kMixes);
}

/// A key that this encoder's mix does not read would make equal cells look different.
void refuse_unused(const Fields& fields, std::size_t encoder, std::string_view name,
                   std::string_view instead) {
  bool used_by_another = false;
  for (std::size_t i = 0; i < parse_encoder_count(fields); ++i)
    used_by_another |= (mix_of(fields, i) == LayerMix::single) == (name == "layer");
  const std::string own = encoder_key(encoder, name), shared = "encoder." + std::string(name);
  if (!fields.contains(own) && (!fields.contains(shared) || used_by_another)) return;
  throw SpecError(
      (fields.contains(own) ? own : shared) + " is not read where encoder.layer_mix is '" +
      std::string(name_of(mix_of(fields, encoder))) + "'; use " + std::string(instead) + ".");
}

/// Which hidden states the encoder's mix reads, and how long its weights are trained.
void parse_layers(const Fields& fields, std::size_t encoder, EncoderPart& part) {
  const auto key = [&](std::string_view name) { return key_in_force(fields, encoder, name); };
  const auto require = [&](std::string_view name, std::string_view example) {
    if (!fields.contains(key(name)))
      throw SpecError(key(name) + " is missing: say which hidden states of '" + part.source.model +
                      "' to use, " + std::string(example) + ".");
  };
  EncoderSettings& source = part.source;
  source.layer_mix = mix_of(fields, encoder);
  part.layer_freeze_at = get<double>(fields, key("layer_freeze_at"));
  if (!(part.layer_freeze_at >= 0 && part.layer_freeze_at <= 1))
    throw SpecError(key("layer_freeze_at") + ": a fraction of training is between 0 and 1.");
  if (part.layer_freeze_at < 1 && !is_trained(source.layer_mix))
    throw SpecError(key("layer_freeze_at") + ": there are no weights to freeze where " +
                    "encoder.layer_mix is '" + std::string(name_of(source.layer_mix)) +
                    "', only with 'learned' and 'per-block'.");
  if (source.layer_mix == LayerMix::single) {
    refuse_unused(fields, encoder, "layers", "encoder.layer");
    require("layer", "-1 for the last");
    source.layer = get<std::int64_t>(fields, key("layer"));
    return;
  }
  refuse_unused(fields, encoder, "layer", "encoder.layers");
  require("layers", "[-2, -1] for the last two");
  source.layers = get<std::vector<std::int64_t>>(fields, key("layers"));
  if (source.layers.size() < 2)
    throw SpecError(key("layers") + ": '" + std::string(name_of(source.layer_mix)) +
                    "' mixes at least two hidden states, not " +
                    std::to_string(source.layers.size()) + ".");
}

void complete_layers(Fields& fields, std::size_t encoder, const EncoderKind& kind) {
  const LayerMix mix = mix_of(fields, encoder);
  if (mix == LayerMix::single) {
    if (!fields.contains("encoder.layer"))
      fields.try_emplace(encoder_key(encoder, "layer"),
                         kind.bidirectional ? kBidirectionalLayer : kCausalLayer);
  } else if (!fields.contains("encoder.layers")) {
    fields.try_emplace(encoder_key(encoder, "layers"),
                       mix == LayerMix::concat ? kConcatLayers : kind.layers);
  }
}

/// Puts the name and the system text of the model's own template in the place of "checkpoint".
void complete_template(Fields& fields, std::size_t encoder, const std::string& model,
                       const ModelLookup& lookup) {
  if (get<std::string>(fields, key_in_force(fields, encoder, "template")) != kOfCheckpoint) return;
  const CheckpointTemplate found = lookup.chat_template(model);
  fields[encoder_key(encoder, "template")] = std::string(found.name);
  if (get<std::string>(fields, key_in_force(fields, encoder, "system")) == kTemplatesOwn)
    fields[encoder_key(encoder, "system")] =
        found.system_text.empty() ? std::string(kNoSystem) : found.system_text;
}

// Summaries say of every level where it is from: a publication, or "control" and what it isolates.

/// Which models, and which of their hidden states.
std::vector<KeyDescription> state_keys() {
  return {
      {.key = "encoder.count",
       .kind = "integer",
       .summary = "how many language models are joined: 1 or 2 (LI-DiT Table 6); one model twice "
                  "(i1, arXiv 2606.11289: parameters from information)",
       .at_least = 1,
       .at_most = kMaxEncoders},
      {.key = "encoder.model",
       .per_encoder = true,
       .kind = "text",
       .summary = "a model's name, a GGUF file, a folder, untrained:MODEL, or features:DIR"},
      {.key = "encoder.layer",
       .per_encoder = true,
       .kind = "integer",
       .summary = "which hidden state, counted as transformers does (0: embeddings, -1: last; "
                  "LI-DiT 5.1: -3)"},
      {.key = "encoder.layer_mix",
       .per_encoder = true,
       .kind = "text",
       .summary =
           "how hidden states become one: single, encoder.layer (LI-DiT 5.1); of encoder.layers "
           "mean, normalized-mean (arXiv 2506.08210), concat (Ovis-U1, 2506.23044), learned "
           "(GRAN-TED, 2512.15560), per-block (Semantic Routing, 2602.03510)",
       .choices = names_of(kMixes)},
      {.key = "encoder.layers",
       .per_encoder = true,
       .kind = "list of integers",
       .summary =
           "the hidden states of a mix; of every block if not given, of concat the last two"},
      {.key = "encoder.layer_freeze_at",
       .per_encoder = true,
       .kind = "number",
       .summary = "fraction of training after which trained weights of layers stay (GRAN-TED, "
                  "arXiv 2512.15560); 1: never"},
      {.key = "encoder.dtype",
       .per_encoder = true,
       .kind = "text",
       .summary = "type of computation and of the features",
       .choices = names_of(kDtypes)},
  };
}

/// What stands before the caption, and what becomes of its states and the caption's.
std::vector<KeyDescription> prompt_keys() {
  return {
      {.key = "encoder.instruction",
       .per_encoder = true,
       .kind = "text",
       .summary = instruction_summary()},
      {.key = "encoder.template",
       .per_encoder = true,
       .kind = "text",
       .summary = template_summary()},
      {.key = "encoder.system",
       .per_encoder = true,
       .kind = "text",
       .summary = "text of the chat template's system turn: template (its own), none (no such "
                  "turn), or yours"},
      {.key = "encoder.bos",
       .per_encoder = true,
       .kind = "text",
       .summary =
           "a causal model's first token: its state is kept, it is not read at all, or it is read "
           "and its state masked (control: the attention sink, a state like no other)",
       .choices = names_of(kBosUses)},
      {.key = "encoder.feature_norm",
       .per_encoder = true,
       .kind = "text",
       .summary = "what is done to each hidden state before the linear adapter: none "
                  "(HunyuanVideo), rms (Lumina-Image 2.0), scaled-rms (SANA, arXiv 2410.10629), "
                  "layer-norm (without parameters, as arXiv 2506.08210 normalises layers); "
                  "controls: affine-layer-norm (a trained scale and shift more), standardized "
                  "(dimensions that hardly change from caption to caption made equal)",
       .choices = names_of(kFeatureNorms)},
      {.key = "encoder.crop",
       .kind = "text",
       .summary = "where the states of instruction and template leave the route: none "
                  "(Lumina-Image 2.0), before-refiner (HunyuanVideo, Kandinsky 5), after-fusion "
                  "(LI-DiT 3.1); after-refiner (control: the collaborative refiner without them)",
       .choices = names_of(kCrops)},
  };
}

}  // namespace

std::span<const KeyDescription> encoder_keys() {
  static const std::vector<KeyDescription> all = [] {
    std::vector<KeyDescription> keys = state_keys();
    std::ranges::move(prompt_keys(), std::back_inserter(keys));
    return keys;
  }();
  return all;
}

Fields encoder_defaults() {
  return {{"encoder.count", std::int64_t{1}},
          {"encoder.model", std::string("smollm2-135m-instruct")},
          {"encoder.layer_mix", std::string("single")},
          {"encoder.layer_freeze_at", 1.0},
          {"encoder.dtype", std::string("bf16")},
          {"encoder.instruction", std::string("none")},
          {"encoder.template", std::string("plain")},
          {"encoder.system", std::string(kTemplatesOwn)},
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
  const auto key = [&](std::string_view name) { return key_in_force(fields, encoder, name); };
  const Instruction instruction = find_instruction(get<std::string>(fields, key("instruction")));
  EncoderPart part;
  part.source = {.model = get<std::string>(fields, key("model")),
                 .dtype = choose(fields, key("dtype"), kDtypes),
                 .instruction = instruction.text,
                 .chat_template = get<std::string>(fields, key("template")),
                 .system_text = system_text_of(get<std::string>(fields, key("system"))),
                 .random_words = instruction.random_words,
                 .bos = choose(fields, key("bos"), kBosUses)};
  render_chat_template(part.source.chat_template, part.source.system_text,
                       part.source.instruction);  // refuses what cannot be rendered
  part.feature_norm = choose(fields, key("feature_norm"), kFeatureNorms);
  parse_layers(fields, encoder, part);
  return part;
}

PrefixCrop parse_crop(const Fields& fields) { return choose(fields, "encoder.crop", kCrops); }

void complete_encoders(Fields& fields, const Fields& asked, const ModelLookup& lookup) {
  const std::size_t encoders = parse_encoder_count(fields);
  for (std::size_t i = 0; i < encoders; ++i) {
    const auto was_asked = [&](std::string_view name) {
      return asked.contains("encoder." + std::string(name)) || asked.contains(encoder_key(i, name));
    };
    const std::string model = get<std::string>(fields, key_in_force(fields, i, "model"));
    const EncoderKind kind = lookup.kind(model);
    complete_layers(fields, i, kind);
    complete_template(fields, i, model, lookup);
    if (!kind.bidirectional || encoders == 1) continue;
    if (!was_asked("instruction")) fields[encoder_key(i, "instruction")] = std::string("none");
    if (!was_asked("template")) fields[encoder_key(i, "template")] = std::string("plain");
    if (!was_asked("system")) fields[encoder_key(i, "system")] = std::string(kTemplatesOwn);
    if (!was_asked("bos")) fields[encoder_key(i, "bos")] = std::string("keep");
  }
}

}  // namespace lidit
