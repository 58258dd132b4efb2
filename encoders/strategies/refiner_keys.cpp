#include "encoders/strategies/refiner_keys.h"

#include "encoders/strategies/gate_choices.h"
#include "encoders/strategies/setting_reader.h"

namespace lidit {
namespace {

constexpr std::int64_t kMaxRefinerBlocks = 64;

const Choices<AttentionPattern> kMasks = {{"full", AttentionPattern::full},
                                          {"causal", AttentionPattern::causal}};

}  // namespace

std::span<const KeyDescription> refiner_keys() {
  static const std::vector<KeyDescription> keys = {
      {.key = "refiner.depth",
       .kind = "integer",
       .summary = "blocks of the linguistic token refiner; 0: linear adapter alone",
       .at_least = 0,
       .at_most = kMaxRefinerBlocks},
      {.key = "refiner.mask",
       .kind = "text",
       .summary = "which tokens a token sees in the refiner",
       .choices = names_of(kMasks)},
      {.key = "refiner.gate_init",
       .kind = "text",
       .summary = "what the refiner's gates start as",
       .choices = names_of(kGateChoices)},
  };
  return keys;
}

Fields refiner_defaults() {
  return {{"refiner.depth", std::int64_t{0}},
          {"refiner.mask", std::string("full")},
          {"refiner.gate_init", std::string("zero")}};
}

RefinerSettings parse_refiner(const Fields& fields) {
  return {.depth = bounded(fields, refiner_keys(), "refiner.depth"),
          .mask = choose(fields, "refiner.mask", kMasks),
          .gate = choose(fields, "refiner.gate_init", kGateChoices)};
}

}  // namespace lidit
