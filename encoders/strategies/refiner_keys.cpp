#include "encoders/strategies/refiner_keys.h"

#include "encoders/strategies/gate_choices.h"
#include "encoders/strategies/setting_reader.h"

namespace lidit {
namespace {

constexpr double kMaxRefinerBlocks = 64, kMaxQueries = 4096;
constexpr double kLeastFeedForward = 0.01, kMostFeedForward = 64;

const Choices<AdapterKind> kAdapterKinds = {{"linear", AdapterKind::linear},
                                            {"mlp", AdapterKind::mlp},
                                            {"resampler", AdapterKind::resampler},
                                            {"timed-resampler", AdapterKind::timed_resampler}};
const Choices<AttentionPattern> kMasks = {{"full", AttentionPattern::full},
                                          {"causal", AttentionPattern::causal},
                                          {"reverse-causal", AttentionPattern::reverse_causal},
                                          {"diagonal", AttentionPattern::diagonal}};
const Choices<RefinerConditioning> kConditionings = {
    {"time-text", RefinerConditioning::time_and_text},
    {"time", RefinerConditioning::time},
    {"text", RefinerConditioning::text},
    {"constant", RefinerConditioning::constant},
    {"none", RefinerConditioning::none},
    {"adaln", RefinerConditioning::modulation}};
const Choices<bool> kPositions = {{"none", false}, {"rope", true}};
const Choices<RefinerWidth> kWidths = {{"backbone", RefinerWidth::backbone},
                                       {"encoder", RefinerWidth::encoder}};

}  // namespace

// Summaries say of every level where it is from: a publication, or "control" and what it isolates.
std::span<const KeyDescription> adapter_keys() {
  static const std::vector<KeyDescription> keys = {
      {.key = "adapter.kind",
       .kind = "text",
       .summary = "how states come to the backbone's width: linear (HunyuanVideo, after LI-DiT), "
                  "mlp (i1, arXiv 2606.11289), or learned queries in the refiner's place too: "
                  "timed-resampler (ELLA, arXiv 2403.05135), resampler (ELLA without its timestep)",
       .choices = names_of(kAdapterKinds)},
      {.key = "adapter.queries",
       .kind = "integer",
       .summary = "learned queries of a resampler: tokens that the backbone sees (ELLA: 64)",
       .at_least = 1,
       .at_most = kMaxQueries},
      {.key = "adapter.depth",
       .kind = "integer",
       .summary = "blocks of a resampler (ELLA: 6)",
       .at_least = 1,
       .at_most = kMaxRefinerBlocks},
  };
  return keys;
}

Fields adapter_defaults() {
  const AdapterSettings defaults;
  return {{"adapter.kind", std::string("linear")},
          {"adapter.queries", defaults.queries},
          {"adapter.depth", defaults.depth}};
}

AdapterSettings parse_adapter(const Fields& fields) {
  return {.kind = choose(fields, "adapter.kind", kAdapterKinds),
          .queries = bounded(fields, adapter_keys(), "adapter.queries"),
          .depth = bounded(fields, adapter_keys(), "adapter.depth")};
}

std::span<const KeyDescription> refiner_keys() {
  static const std::vector<KeyDescription> keys = {
      {.key = "refiner.depth",
       .kind = "integer",
       .summary = "blocks of the linguistic token refiner (LI-DiT Table 5: 1 to 3; Kandinsky 5: 2 "
                  "or 4); 0: the adapter alone",
       .at_least = 0,
       .at_most = kMaxRefinerBlocks},
      {.key = "refiner.mask",
       .kind = "text",
       .summary = "which tokens a token sees in the refiner: full (LI-DiT 3.1), causal (LI-DiT "
                  "Table 3); controls: reverse-causal (reading ahead without reading back), "
                  "diagonal (itself alone: trained parameters without reading)",
       .choices = names_of(kMasks)},
      {.key = "refiner.conditioning",
       .kind = "text",
       .summary =
           "what moves the refiner's gates: time-text (LI-DiT 3.1), none (no gates: LI-DiT Table "
           "5), adaln (shift and scale too: Kandinsky 5); controls: time, text (which of both the "
           "gates need), constant (learned, moved by nothing: gates without conditioning)",
       .choices = names_of(kConditionings)},
      {.key = "refiner.gate_init",
       .kind = "text",
       .summary = "what the refiner's gates start as: zero (LI-DiT 3.1), 1e-2 (LayerScale, Touvron "
                  "et al. 2021), one (ELLA's AdaLN beside its AdaLN-Zero)",
       .choices = names_of(kGateChoices)},
      {.key = "refiner.position",
       .kind = "text",
       .summary = "position encoding in the refiner's attention: none (HunyuanVideo; LI-DiT does "
                  "not say), rope (Kandinsky 5, Lumina-Image 2.0)",
       .choices = names_of(kPositions)},
      {.key = "refiner.width",
       .kind = "text",
       .summary = "the refiner's width: the backbone's, behind the adapter (HunyuanVideo; LI-DiT "
                  "does not say), or the encoder's (control: how wide it reads)",
       .choices = names_of(kWidths)},
      {.key = "refiner.feed_forward",
       .kind = "number",
       .summary = "units inside the refiner's FFN over its width (control: makes trained "
                  "parameters equal)",
       .at_least = kLeastFeedForward,
       .at_most = kMostFeedForward},
  };
  return keys;
}

Fields refiner_defaults() {
  return {{"refiner.depth", std::int64_t{0}},
          {"refiner.mask", std::string("full")},
          {"refiner.conditioning", std::string("time-text")},
          {"refiner.gate_init", std::string("zero")},
          {"refiner.position", std::string("none")},
          {"refiner.width", std::string("backbone")},
          {"refiner.feed_forward", double{kFeedForwardRatio}}};
}

RefinerSettings parse_refiner(const Fields& fields) {
  return {.depth = bounded(fields, refiner_keys(), "refiner.depth"),
          .mask = choose(fields, "refiner.mask", kMasks),
          .conditioning = choose(fields, "refiner.conditioning", kConditionings),
          .gate = choose(fields, "refiner.gate_init", kGateChoices),
          .rotary = choose(fields, "refiner.position", kPositions),
          .width = choose(fields, "refiner.width", kWidths),
          .feed_forward_ratio = bounded_number(fields, refiner_keys(), "refiner.feed_forward")};
}

}  // namespace lidit
