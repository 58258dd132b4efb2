#include "encoders/strategies/settings.h"

#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

#include "encoders/strategies/instructions.h"
#include "encoders/text/chat_template.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

constexpr std::int64_t kMaxEncoders = 8, kMaxBlocks = 64;
constexpr std::int64_t kCausalLayer = -3, kBidirectionalLayer = -1;

template <class T>
using Choices = std::vector<std::pair<std::string, T>>;

const Choices<at::ScalarType> kDtypes = {{"bf16", at::kBFloat16}, {"f32", at::kFloat}};
const Choices<FeatureNorm> kFeatureNorms = {{"rms", FeatureNorm::rms},
                                            {"standardized", FeatureNorm::standardized},
                                            {"none", FeatureNorm::none}};
const Choices<AttentionPattern> kMasks = {{"full", AttentionPattern::full},
                                          {"causal", AttentionPattern::causal}};
const Choices<PrefixCrop> kCrops = {{"none", PrefixCrop::none},
                                    {"before-refiner", PrefixCrop::before_refiner},
                                    {"after-refiner", PrefixCrop::after_refiner},
                                    {"after-fusion", PrefixCrop::after_fusion}};
const Choices<GateInit> kGates = {{"zero", GateInit::zero}, {"one", GateInit::one}};

template <class T>
std::vector<std::string> names_of(const Choices<T>& choices) {
  std::vector<std::string> names;
  for (const auto& choice : choices) names.push_back(choice.first);
  return names;
}

std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const ChatTemplate& entry : chat_template_table()) names.emplace_back(entry.name);
  return names;
}

template <class T>
T choose(const Fields& fields, const std::string& key, const Choices<T>& choices) {
  const auto name = get<std::string>(fields, key);
  for (const auto& [candidate, value] : choices)
    if (candidate == name) return value;
  throw SpecError(key + ": " + unknown_name("value", name, names_of(choices)));
}

/// An integer within the bounds that strategy_keys() sets for it.
std::int64_t bounded(const Fields& fields, std::string_view key) {
  const auto number = get<std::int64_t>(fields, key);
  for (const KeyDescription& description : strategy_keys()) {
    if (description.key != key || !description.at_least) continue;
    if (number >= *description.at_least && number <= *description.at_most) return number;
    throw SpecError(std::string(key) + ": " + std::to_string(number) + " is not between " +
                    std::to_string(*description.at_least) + " and " +
                    std::to_string(*description.at_most) + ".");
  }
  throw std::logic_error("no bounds for " + std::string(key));
}

std::string encoder_key(std::size_t encoder, std::string_view name) {
  return "encoder." + std::to_string(encoder) + "." + std::string(name);
}

/// "encoder.1.layer" -> {1, "encoder.layer"}; {nullopt, key} when no encoder is meant.
std::pair<std::optional<std::size_t>, std::string> split_key(std::string_view key) {
  constexpr std::string_view kPrefix = "encoder.";
  if (key.starts_with(kPrefix)) {
    std::size_t encoder = 0;
    const char* end = key.data() + key.size();
    const auto [rest, error] = std::from_chars(key.data() + kPrefix.size(), end, encoder);
    if (error == std::errc() && rest != end && *rest == '.')
      return {encoder, std::string(kPrefix) + std::string(rest + 1, end)};
  }
  return {std::nullopt, std::string(key)};
}

bool is_strategy_key(std::string_view key) {
  return key.starts_with("encoder.") || key.starts_with("refiner.") || key.starts_with("fusion.");
}

void check_keys(const Fields& fields, std::size_t encoders) {
  for (const auto& [key, value] : fields) {
    if (!is_strategy_key(key)) continue;
    const auto [encoder, name] = split_key(key);
    std::vector<std::string> known;
    bool found = false;
    for (const KeyDescription& description : strategy_keys()) {
      if (encoder && !description.per_encoder) continue;
      known.push_back(description.key);
      found = found || description.key == name;
    }
    if (!found) throw SpecError(unknown_name("setting", key, known));
    if (encoder && *encoder >= encoders)
      throw SpecError(key + ": this strategy has " + std::to_string(encoders) +
                      " encoder(s), counted from 0 (encoder.count).");
  }
}

EncoderPart parse_encoder(const Fields& fields, std::size_t encoder) {
  const auto key = [&](std::string_view name) {
    const std::string own = encoder_key(encoder, name);
    return fields.contains(own) ? own : "encoder." + std::string(name);
  };
  if (!fields.contains(key("layer")))
    throw SpecError(key("layer") + " is missing: say which hidden state of '" +
                    get<std::string>(fields, key("model")) + "' to use, -1 for the last.");
  EncoderPart part;
  part.source = {.model = get<std::string>(fields, key("model")),
                 .layer = get<std::int64_t>(fields, key("layer")),
                 .dtype = choose(fields, key("dtype"), kDtypes),
                 .instruction = instruction_text(get<std::string>(fields, key("instruction"))),
                 .chat_template = get<std::string>(fields, key("template"))};
  part.feature_norm = choose(fields, key("feature_norm"), kFeatureNorms);
  return part;
}

}  // namespace

std::span<const KeyDescription> strategy_keys() {
  static const std::vector<KeyDescription> keys = {
      {.key = "encoder.count",
       .kind = "integer",
       .summary = "how many language models are joined",
       .at_least = 1,
       .at_most = kMaxEncoders},
      {.key = "encoder.model",
       .per_encoder = true,
       .kind = "text",
       .summary = "a model's name, a GGUF file or a folder"},
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
       .summary = "what stands before the caption: none, li-dit, or a text of your own"},
      {.key = "encoder.template",
       .per_encoder = true,
       .kind = "text",
       .summary = "chat template around instruction and caption",
       .choices = template_names()},
      {.key = "encoder.feature_norm",
       .per_encoder = true,
       .kind = "text",
       .summary = "what is done to each hidden state before the linear adapter",
       .choices = names_of(kFeatureNorms)},
      {.key = "encoder.crop",
       .kind = "text",
       .summary = "where the states of instruction and template leave the route",
       .choices = names_of(kCrops)},
      {.key = "refiner.depth",
       .kind = "integer",
       .summary = "blocks of the linguistic token refiner; 0: linear adapter alone",
       .at_least = 0,
       .at_most = kMaxBlocks},
      {.key = "refiner.mask",
       .kind = "text",
       .summary = "which tokens a token sees in the refiner",
       .choices = names_of(kMasks)},
      {.key = "refiner.gate_init",
       .kind = "text",
       .summary = "what the refiner's gates start as",
       .choices = names_of(kGates)},
      {.key = "fusion.blocks",
       .kind = "integer",
       .summary = "blocks of the collaborative refiner; 0: concatenation alone",
       .at_least = 0,
       .at_most = kMaxBlocks},
      {.key = "fusion.gate_init",
       .kind = "text",
       .summary = "what the collaborative refiner's gates start as",
       .choices = names_of(kGates)},
  };
  return keys;
}

StrategySettings parse_strategy_settings(const Fields& fields) {
  const auto encoders = static_cast<std::size_t>(bounded(fields, "encoder.count"));
  check_keys(fields, encoders);
  StrategySettings settings;
  for (std::size_t i = 0; i < encoders; ++i) settings.encoders.push_back(parse_encoder(fields, i));
  settings.refiner = {.depth = bounded(fields, "refiner.depth"),
                      .mask = choose(fields, "refiner.mask", kMasks),
                      .gate = choose(fields, "refiner.gate_init", kGates)};
  settings.crop = choose(fields, "encoder.crop", kCrops);
  settings.fusion = {.blocks = bounded(fields, "fusion.blocks"),
                     .gate = choose(fields, "fusion.gate_init", kGates)};
  if (settings.fusion.blocks > 0 && encoders == 1)
    throw SpecError(
        "fusion.blocks: a collaborative refiner needs several encoders; "
        "encoder.count is 1.");
  return settings;
}

Fields complete_settings(const Fields& defaults, const Fields& asked,
                         const std::function<bool(const std::string&)>& is_bidirectional) {
  Fields fields = asked;
  fields.insert(defaults.begin(), defaults.end());  // keeps what was asked
  const auto encoders = static_cast<std::size_t>(bounded(fields, "encoder.count"));
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
  }
  return fields;
}

Fields raw_llm_defaults() {
  return {{"encoder.count", std::int64_t{1}},
          {"encoder.model", std::string("smollm2-135m-instruct")},
          {"encoder.dtype", std::string("bf16")},
          {"encoder.instruction", std::string("none")},
          {"encoder.template", std::string("plain")},
          {"encoder.feature_norm", std::string("rms")},
          {"encoder.crop", std::string("after-fusion")},
          {"refiner.depth", std::int64_t{0}},
          {"refiner.mask", std::string("full")},
          {"refiner.gate_init", std::string("zero")},
          {"fusion.blocks", std::int64_t{0}},
          {"fusion.gate_init", std::string("zero")}};
}

Fields instruction_guided_defaults() {
  Fields fields = raw_llm_defaults();
  fields["encoder.instruction"] = std::string("li-dit");
  fields["encoder.template"] = std::string("chatml");
  return fields;
}

Fields bidirectional_refiner_defaults() {
  Fields fields = raw_llm_defaults();
  fields["refiner.depth"] = std::int64_t{2};
  return fields;
}

Fields multi_llm_fusion_defaults() {
  Fields fields = instruction_guided_defaults();
  fields["encoder.count"] = std::int64_t{2};
  fields["encoder.1.model"] = std::string("all-minilm-l6-v2");
  fields["refiner.depth"] = std::int64_t{2};
  fields["fusion.blocks"] = std::int64_t{1};
  return fields;
}

}  // namespace lidit
