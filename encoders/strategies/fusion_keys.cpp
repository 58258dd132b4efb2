#include "encoders/strategies/fusion_keys.h"

#include "encoders/strategies/gate_choices.h"
#include "encoders/strategies/setting_reader.h"

namespace lidit {
namespace {

constexpr std::int64_t kMaxFusionBlocks = 64;

}  // namespace

std::span<const KeyDescription> fusion_keys() {
  static const std::vector<KeyDescription> keys = {
      {.key = "fusion.blocks",
       .kind = "integer",
       .summary = "blocks of the collaborative refiner; 0: concatenation alone",
       .at_least = 0,
       .at_most = kMaxFusionBlocks},
      {.key = "fusion.gate_init",
       .kind = "text",
       .summary = "what the collaborative refiner's gates start as",
       .choices = names_of(kGateChoices)},
  };
  return keys;
}

Fields fusion_defaults() {
  return {{"fusion.blocks", std::int64_t{0}}, {"fusion.gate_init", std::string("zero")}};
}

FusionSettings parse_fusion(const Fields& fields, std::size_t encoders) {
  const FusionSettings settings{.blocks = bounded(fields, fusion_keys(), "fusion.blocks"),
                                .gate = choose(fields, "fusion.gate_init", kGateChoices)};
  if (settings.blocks > 0 && encoders == 1)
    throw SpecError(
        "fusion.blocks: a collaborative refiner needs several encoders; "
        "encoder.count is 1.");
  return settings;
}

}  // namespace lidit
