#include "encoders/strategies/settings.h"

#include <charconv>
#include <optional>
#include <utility>

#include "encoders/strategies/encoder_keys.h"
#include "encoders/strategies/fusion_keys.h"
#include "encoders/strategies/part_options.h"
#include "encoders/strategies/refiner_keys.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

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

/// A token set for every block leaves no room for parts that refine or join a single one.
void check_routes(const StrategySettings& settings) {
  for (const EncoderPart& part : settings.encoders) {
    if (part.source.layer_mix != LayerMix::per_block) continue;
    if (settings.encoders.size() > 1 || settings.refiner.depth > 0 ||
        is_resampler(settings.adapter))
      throw SpecError(
          "encoder.layer_mix: 'per-block' gives every block of the backbone its own tokens, which "
          "no refiner, no resampler and no other encoder can join: encoder.count must be 1, "
          "refiner.depth 0 and adapter.kind linear or mlp.");
  }
}

/// Whether one adapter can serve the states of both.
bool are_alike(const EncoderPart& a, const EncoderPart& b) {
  return a.source.model == b.source.model && a.feature_norm == b.feature_norm &&
         a.source.layer_mix == b.source.layer_mix &&
         a.source.kept_layers().size() == b.source.kept_layers().size();
}

/// Refuses adapters that exclude other parts.
void check_adapters(const StrategySettings& settings) {
  if (is_resampler(settings.adapter) && settings.refiner.depth > 0)
    throw SpecError(
        "adapter.kind: a resampler stands in the place of the refiner; set refiner.depth to 0.");
  if (!settings.fusion.shared_adapters) return;
  const EncoderPart& first = settings.encoders.front();
  for (const EncoderPart& other : settings.encoders)
    if (!are_alike(first, other))
      throw SpecError(
          "fusion.adapters: encoders can share adapters where model, feature_norm, layer_mix and "
          "the number of layers are the same; got " +
          first.source.model + " and " + other.source.model + ".");
}

}  // namespace

bool is_strategy_key(std::string_view key) {
  for (const std::string_view group : {"encoder.", "adapter.", "refiner.", "fusion."})
    if (key.starts_with(group)) return true;
  return false;
}

std::span<const KeyDescription> strategy_keys() {
  static const std::vector<KeyDescription> keys = [] {
    std::vector<KeyDescription> all;
    for (const auto group : {encoder_keys(), adapter_keys(), refiner_keys(), fusion_keys()})
      all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return keys;
}

StrategySettings parse_strategy_settings(const Fields& fields) {
  const std::size_t encoders = parse_encoder_count(fields);
  check_keys(fields, encoders);
  StrategySettings settings;
  for (std::size_t i = 0; i < encoders; ++i) settings.encoders.push_back(parse_encoder(fields, i));
  settings.adapter = parse_adapter(fields);
  settings.refiner = parse_refiner(fields);
  settings.fusion = parse_fusion(fields, encoders);
  settings.crop = parse_crop(fields);
  check_routes(settings);
  check_adapters(settings);
  return settings;
}

Fields complete_settings(const Fields& defaults, const Fields& asked, const ModelLookup& lookup) {
  Fields fields = asked;
  fields.insert(defaults.begin(), defaults.end());  // keeps what was asked
  complete_encoders(fields, asked, lookup);
  return fields;
}

Fields raw_llm_defaults() {
  Fields fields = encoder_defaults();
  fields.merge(adapter_defaults());
  fields.merge(refiner_defaults());
  fields.merge(fusion_defaults());
  return fields;
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
