#include "harness/probed_encoder.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "encoders/encoder_facts.h"
#include "encoders/feature_folder.h"
#include "encoders/open_encoder.h"
#include "encoders/strategies/composed_conditioner.h"
#include "encoders/strategies/instructions.h"
#include "encoders/strategies/joint_source.h"
#include "encoders/strategies/part_options.h"
#include "harness/settings.h"
#include "harness/training/checkpoint.h"
#include "results/errors.h"

namespace lidit {
namespace {

using probes::TokenStates;

std::vector<Prompt> to_prompts(std::span<const std::string> texts) {
  std::vector<Prompt> prompts;
  for (const std::string& text : texts) prompts.push_back({text});
  return prompts;
}

/// Answers the same prompts again without asking: rows that share a language model come one after
/// the other with the same piece of a plan. Without a store: probes' prompts are many and rarely
/// come back.
class LastAnswerSource final : public FeatureSource {
 public:
  explicit LastAnswerSource(std::shared_ptr<const FeatureSource> source)
      : source_(std::move(source)) {}

  FrozenFeatures encode(std::span<const Prompt> prompts) const override {
    std::vector<std::string> texts;
    for (const Prompt& prompt : prompts) texts.push_back(prompt.text);
    if (texts != asked_) {
      answer_ = source_->encode(prompts);
      asked_ = std::move(texts);
    }
    return answer_;
  }
  std::vector<std::int64_t> widths() const override { return source_->widths(); }

 private:
  std::shared_ptr<const FeatureSource> source_;
  mutable std::vector<std::string> asked_;
  mutable FrozenFeatures answer_;
};

/// Every encoder of all rows, opened once.
class Sources {
 public:
  Sources(std::filesystem::path home, c10::Device device)
      : home_(std::move(home)), device_(device) {}

  std::shared_ptr<const FeatureSource> open(const EncoderSettings& settings) {
    for (const auto& [known, source] : opened_)
      if (known == settings) return source;
    std::shared_ptr<const FeatureSource> source;
    if (const auto folder = features_folder(settings.model))
      source = std::make_shared<FeatureFolder>(*folder, settings.kept_layers(), settings.layer_mix);
    else
      // What probes measure of causality must be computed, not taken from the prompt before.
      source = open_prompt_encoder(settings, home_, device_, models_, /*share_beginnings=*/false);
    opened_.emplace_back(settings, std::make_shared<LastAnswerSource>(std::move(source)));
    return opened_.back().second;
  }

  const std::filesystem::path& home() const { return home_; }

  std::shared_ptr<const FeatureSource> open(const StrategySettings& strategy) {
    std::vector<std::shared_ptr<const FeatureSource>> sources;
    for (const EncoderPart& encoder : strategy.encoders) sources.push_back(open(encoder.source));
    return std::make_shared<JointSource>(std::move(sources));
  }

 private:
  std::filesystem::path home_;
  c10::Device device_;
  std::vector<std::pair<EncoderSettings, std::shared_ptr<const FeatureSource>>> opened_;
  std::shared_ptr<LoadedModels> models_ = std::make_shared<LoadedModels>();
};

/// The same encoder with another instruction; nothing where it cannot have that.
std::optional<EncoderSettings> with_instruction(EncoderSettings settings,
                                                const Instruction& instruction,
                                                const std::filesystem::path& home) {
  settings.instruction = instruction.text;
  settings.random_words = instruction.random_words;
  if (features_folder(settings.model)) return std::nullopt;
  try {
    check_encoder(settings, home);
  } catch (const UserError&) {
    return std::nullopt;
  }
  return settings;
}

/// Without the instructions that the encoders have, or where none has one with LI-DiT's; nothing
/// where none can have it.
std::optional<StrategySettings> instruction_twin(StrategySettings strategy,
                                                 const std::filesystem::path& home) {
  const bool has_one = std::ranges::any_of(strategy.encoders, [](const EncoderPart& encoder) {
    return !encoder.source.instruction.empty();
  });
  const Instruction other = find_instruction(has_one ? "none" : "li-dit");
  bool differs = false;
  for (EncoderPart& encoder : strategy.encoders)
    if (auto twin = with_instruction(encoder.source, other, home)) {
      differs = differs || *twin != encoder.source;
      encoder.source = std::move(*twin);
    }
  return differs ? std::optional(std::move(strategy)) : std::nullopt;
}

/// Whether the states are a language model's own, without anything that is trained.
bool is_frozen(const StrategySettings& strategy, const ProbeRow& row) {
  return row.weights.empty() && strategy.encoders.size() == 1 && strategy.refiner.depth == 0 &&
         !is_trained(strategy.encoders.front().source.layer_mix);
}

void check_has_words(const StrategySettings& strategy, const ProbeRow& row) {
  const auto refuse = [&](std::string_view reason) {
    throw UserError(fmt::format("probe: {}: {}", row.label, reason));
  };
  if (is_resampler(strategy.adapter))
    refuse("the tokens of a resampler belong to no word, so that no segment can be followed");
  for (const EncoderPart& encoder : strategy.encoders)
    if (encoder.source.layer_mix == LayerMix::per_block)
      refuse(
          "encoder.layer_mix 'per-block' has other tokens for each block of the backbone; probe "
          "single layers with encoder.layer");
}

std::string layer_text(const EncoderSettings& source) {
  if (source.layer_mix == LayerMix::single) return fmt::format("{}", source.layer);
  return fmt::format("{} of {} layers", name_of(source.layer_mix), source.layers.size());
}

/// "of the language model", or "after a refiner (2 blocks, full mask), untrained, t = 0".
std::string states_text(const StrategySettings& strategy, const ProbeRow& row) {
  if (is_frozen(strategy, row)) return "of the language model";
  const std::string part =
      strategy.refiner.depth == 0
          ? "an adapter"
          : fmt::format("a refiner ({} blocks, {} mask)", strategy.refiner.depth,
                        get<std::string>(row.resolved, "refiner.mask"));
  return fmt::format("after {}{}, {}, t = 0", part, strategy.fusion.blocks > 0 ? " and fusion" : "",
                     row.weights.empty() ? "untrained" : "trained");
}

probes::ProbedEncoder describe_row(const StrategySettings& strategy, const ProbeRow& row) {
  std::vector<std::string> models, layers, types, instructions;
  for (const EncoderPart& encoder : strategy.encoders) {
    models.push_back(encoder.source.model);
    layers.push_back(layer_text(encoder.source));
    types.emplace_back(encoder.source.dtype == at::kFloat ? "f32" : "bf16");
    instructions.push_back(
        instruction_name({encoder.source.instruction, encoder.source.random_words}));
  }
  return {.label = row.label,
          .model = fmt::format("{}", fmt::join(models, " + ")),
          .layer = fmt::format("{}", fmt::join(layers, ", ")),
          .dtype = fmt::format("{}", fmt::join(types, ", ")),
          .instruction = fmt::format("{}", fmt::join(instructions, ", ")),
          .states = states_text(strategy, row),
          .width = 0,
          .estimates = {}};
}

/// The trained half of a row, fed by `source`.
class ConditionedTokens {
 public:
  ConditionedTokens(const ProbeRow& row, const StrategySettings& strategy,
                    std::shared_ptr<const FeatureSource> source,
                    std::span<const std::string> neutral, c10::Device device)
      : source_(std::move(source)) {
    const ExperimentSettings settings = parse_settings(row.resolved);
    const LiDiTOptions& size = settings.backbone;
    LiDiT backbone(size);
    conditioner_ =
        std::make_shared<ComposedConditioner>(strategy, source_->widths(),
                                              BuildContext{.width = size.width,
                                                           .depth = size.depth,
                                                           .heads = size.heads,
                                                           .seed = settings.seed,
                                                           .device = device,
                                                           .dtype = at::kFloat,
                                                           .home = {},
                                                           .pooled_text = size.pooled_text});
    backbone->to(device);
    const c10::NoGradGuard no_grad;
    if (row.weights.empty())
      conditioner_->fit(source_->encode(to_prompts(neutral)));
    else
      load_averaged_weights(row.weights, backbone, *conditioner_);
    time_ = backbone->time_embedding(at::zeros({1}, at::device(device)));  // (1,D)
  }

  /// The same trained half, fed by another source of the same widths.
  ConditionedTokens fed_by(std::shared_ptr<const FeatureSource> source) const {
    ConditionedTokens other = *this;
    other.source_ = std::move(source);
    return other;
  }

  /// Prompt by prompt: in batches of one shape a change of one word changes no other rounding.
  TokenStates operator()(std::span<const std::string> texts) const {
    const c10::NoGradGuard no_grad;
    const FrozenFeatures features = source_->encode(to_prompts(texts));
    std::vector<Tensor> states, spans;
    std::vector<std::int64_t> offsets = {0};
    for (std::int64_t i = 0; i < std::ssize(texts); ++i) {
      const FrozenFeatures one = select_prompts(features, at::tensor({i}, at::kLong));
      const TokenStates tokens = probes::token_states(
          conditioner_->condition(one, time_,
                                  at::ones({1}, at::device(time_.device()).dtype(at::kBool))),
          one);
      states.push_back(tokens.states);
      spans.push_back(tokens.spans);
      offsets.push_back(offsets.back() + tokens.states.size(0));
    }
    return {at::cat(states), at::tensor(offsets, at::kLong), at::cat(spans)};
  }

 private:
  std::shared_ptr<const FeatureSource> source_;
  std::shared_ptr<ComposedConditioner> conditioner_;
  Tensor time_;
};

probes::EncodeTokens encode_frozen(std::shared_ptr<const FeatureSource> source) {
  return [source = std::move(source)](std::span<const std::string> texts) {
    return probes::token_states(source->encode(to_prompts(texts)).front());
  };
}

OpenedEncoder open_row(const ProbeRow& row, Sources& sources, std::span<const std::string> neutral,
                       c10::Device device) {
  if (!reads_words(get<std::string>(row.resolved, "strategy")))
    throw UserError(fmt::format("probe: {} reads no words", row.label));
  const StrategySettings strategy = parse_strategy_settings(row.resolved);
  check_has_words(strategy, row);
  OpenedEncoder opened{.description = describe_row(strategy, row), .subject = {}};
  const auto twin = instruction_twin(strategy, sources.home());
  if (is_frozen(strategy, row)) {
    opened.subject.encode = encode_frozen(sources.open(strategy));
    if (twin) opened.subject.twin = encode_frozen(sources.open(*twin));
  } else {
    const ConditionedTokens own(row, strategy, sources.open(strategy), neutral, device);
    if (twin) opened.subject.twin = own.fed_by(sources.open(*twin));
    opened.subject.encode = own;
  }
  const TokenStates states = opened.subject.encode(neutral);
  opened.description.width = states.states.size(1);
  opened.subject.standardization = probes::standardization_of(states);
  return opened;
}

}  // namespace

bool reads_words(std::string_view strategy) {
  return !is_untrained(strategy) && strategy != kSceneTokens;
}

Fields with_probe_defaults(Fields asked) {
  asked.try_emplace("encoder.dtype", std::string("f32"));
  asked.try_emplace("refiner.gate_init", std::string("one"));
  asked.try_emplace("fusion.gate_init", std::string("one"));
  return asked;
}

std::vector<OpenedEncoder> open_probed_encoders(std::span<const ProbeRow> rows,
                                                std::span<const std::string> neutral,
                                                const std::filesystem::path& home,
                                                c10::Device device) {
  Sources sources(home, device);
  std::vector<OpenedEncoder> opened;
  for (const ProbeRow& row : rows) opened.push_back(open_row(row, sources, neutral, device));
  return opened;
}

}  // namespace lidit
