#include "encoders/strategies/fusion_keys.h"

#include "encoders/strategies/gate_choices.h"
#include "encoders/strategies/setting_reader.h"

namespace lidit {
namespace {

constexpr double kMaxFusionBlocks = 64;

const Choices<bool> kFusionConditionings = {{"time-text", true}, {"none", false}};
const Choices<FusionJoin> kJoins = {{"tokens", FusionJoin::tokens},
                                    {"channels", FusionJoin::channels}};
const Choices<bool> kAdapterSharing = {{"separate", false}, {"shared", true}};

/// Settings that mean nothing for a single encoder.
void refuse_alone(const FusionSettings& settings) {
  if (settings.blocks > 0)
    throw SpecError(
        "fusion.blocks: a collaborative refiner needs several encoders; encoder.count is 1.");
  if (settings.join == FusionJoin::channels)
    throw SpecError("fusion.join: channels of several encoders are joined; encoder.count is 1.");
  if (settings.shared_adapters)
    throw SpecError("fusion.adapters: several encoders share adapters; encoder.count is 1.");
}

}  // namespace

// Summaries say of every level where it is from: a publication, or "control" and what it isolates.
std::span<const KeyDescription> fusion_keys() {
  static const std::vector<KeyDescription> keys = {
      {.key = "fusion.blocks",
       .kind = "integer",
       .summary = "blocks of the collaborative refiner: 0 (joined as they are) and 1 (LI-DiT Table "
                  "6), more (control: its capacity)",
       .at_least = 0,
       .at_most = kMaxFusionBlocks},
      {.key = "fusion.conditioning",
       .kind = "text",
       .summary = "what moves the collaborative refiner's modulation: time-text (LI-DiT 3.1), none "
                  "(plain residuals; control: reading each other without conditions)",
       .choices = names_of(kFusionConditionings)},
      {.key = "fusion.gate_init",
       .kind = "text",
       .summary = "what the collaborative refiner's gates start as (LI-DiT does not say): zero (as "
                  "joined without it), one, 1e-2 (controls as of refiner.gate_init)",
       .choices = names_of(kGateChoices)},
      {.key = "fusion.join",
       .kind = "text",
       .summary = "tokens: one behind the other (LI-DiT 3.1); channels: the others' means beside "
                  "each of the first's (control: what the others say without their sequences)",
       .choices = names_of(kJoins)},
      {.key = "fusion.adapters",
       .kind = "text",
       .summary = "separate: an adapter and a refiner for each encoder (LI-DiT 3.1); shared: one "
                  "for all of the same model (control: a second encoder apart from a second "
                  "adapter, where i1, arXiv 2606.11289, has most of the gain)",
       .choices = names_of(kAdapterSharing)},
  };
  return keys;
}

Fields fusion_defaults() {
  return {{"fusion.blocks", std::int64_t{0}},
          {"fusion.conditioning", std::string("time-text")},
          {"fusion.gate_init", std::string("zero")},
          {"fusion.join", std::string("tokens")},
          {"fusion.adapters", std::string("separate")}};
}

FusionSettings parse_fusion(const Fields& fields, std::size_t encoders) {
  const FusionSettings settings{
      .blocks = bounded(fields, fusion_keys(), "fusion.blocks"),
      .modulated = choose(fields, "fusion.conditioning", kFusionConditionings),
      .gate = choose(fields, "fusion.gate_init", kGateChoices),
      .join = choose(fields, "fusion.join", kJoins),
      .shared_adapters = choose(fields, "fusion.adapters", kAdapterSharing)};
  if (encoders == 1) refuse_alone(settings);
  return settings;
}

}  // namespace lidit
