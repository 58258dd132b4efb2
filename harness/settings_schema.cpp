// The keys of an experiment, one line each.
#include <algorithm>
#include <stdexcept>

#include "encoders/strategies/settings.h"
#include "encoders/strategy_table.h"
#include "harness/backbone/sizes.h"
#include "harness/settings.h"

namespace lidit {
namespace {

std::vector<std::string> strategy_choices() {
  std::vector<std::string> names;
  for (const StrategyEntry& entry : strategy_table()) names.emplace_back(entry.name);
  for (const std::string_view name : {kChance, kBagOracle, kSceneTokens, kVerifier, kImageFolder})
    names.emplace_back(name);
  return names;
}

std::vector<std::string> preset_choices() {
  std::vector<std::string> names;
  for (const scenes::Preset& preset : scenes::presets()) names.emplace_back(preset.name);
  return names;
}

std::vector<std::string> size_choices() {
  std::vector<std::string> names;
  for (const BackboneSize& size : backbone_sizes()) names.emplace_back(size.name);
  return names;
}

KeySpec text(std::string name, std::string fallback, std::vector<std::string> choices,
             std::string doc) {
  return {.name = std::move(name),
          .kind = Kind::text,
          .default_value = std::move(fallback),
          .choices = std::move(choices),
          .doc = std::move(doc)};
}

KeySpec integer(std::string name, std::int64_t fallback, double at_least, std::string doc) {
  return {.name = std::move(name),
          .kind = Kind::integer,
          .default_value = fallback,
          .at_least = at_least,
          .doc = std::move(doc)};
}

KeySpec number(std::string name, double fallback, double at_least, double at_most,
               std::string doc) {
  return {.name = std::move(name),
          .kind = Kind::number,
          .default_value = fallback,
          .at_least = at_least,
          .at_most = at_most,
          .doc = std::move(doc)};
}

void add_world(std::vector<KeySpec>& keys) {
  keys.push_back({.name = "strategy",
                  .kind = Kind::text,
                  .choices = strategy_choices(),
                  .doc = "encoder strategy, or a floor or ceiling of the drawn world"});
  keys.push_back(integer("seed", 0, 0, "of data order, noise, initial weights and sampling"));
  keys.push_back(text("world.preset", "quick", preset_choices(), "size of the drawn world"));
  keys.push_back(integer("world.seed", 0, 0, "of scenes and captions"));
  keys.push_back({.name = "world.captions",
                  .kind = Kind::integer,
                  .at_least = 1,
                  .doc = "captions in the training pool; the preset's if not given"});
  keys.push_back({.name = "world.simple_share",
                  .kind = Kind::number,
                  .at_least = 0,
                  .at_most = 1,
                  .doc = "training captions of simple categories; the preset's if not given"});
  keys.push_back(integer("world.fold", 0, 0, "which structures are held out"));
  keys.push_back({.name = "world.words",
                  .kind = Kind::text,
                  .choices = {"english", "nonsense"},
                  .doc = "of shapes, colours, textures, sizes and places: English if not given, or "
                         "made up; the rest of a sentence stays English"});
  keys.push_back({.name = "evaluation.splits",
                  .kind = Kind::texts,
                  .default_value = std::vector<std::string>{"seen", "structures", "position-seen",
                                                            "position-structures"},
                  .doc = "splits of the world that are sampled and scored"});
  keys.push_back(integer("evaluation.prompts", 198, 1, "prompts per split"));
  keys.push_back(integer("evaluation.images", 8, 0, "images kept per split"));
  keys.push_back(
      integer("evaluation.curve_every", 100, 0, "steps between points of the learning curve"));
  keys.push_back(integer("evaluation.curve_prompts", 64, 1, "prompts per point and split"));
}

/// What is scored besides the world's own verifier, and pictures from elsewhere.
void add_evaluation(std::vector<KeySpec>& keys) {
  keys.push_back({.name = "metrics.*.command",
                  .kind = Kind::texts,
                  .doc = "a metric of your own: a program and its arguments; {folder} is where the "
                         "images are"});
  keys.push_back(number("metrics.*.seconds", 600, 0.1, 1e6, "before that program is stopped"));
  keys.push_back({.name = "metrics.*.higher_is_better",
                  .kind = Kind::boolean,
                  .doc = "which side of that metric tables mark as best; neither if not given"});
  keys.push_back({.name = "images.folder",
                  .kind = Kind::text,
                  .doc = "of strategy image-folder: pictures laid out as by 'world export'; {seed} "
                         "stands for the seed"});
  keys.push_back({.name = "images.allow_missing",
                  .kind = Kind::boolean,
                  .doc = "of strategy image-folder: score the pictures that are there"});
}

void add_training(std::vector<KeySpec>& keys) {
  const TrainOptions defaults;
  keys.push_back(text("backbone.size", "micro", size_choices(), "row of `lidit list sizes`"));
  keys.push_back(text("backbone.injection",
                      std::string(kTextInjections.name_of(TextInjection::cross_attention)),
                      kTextInjections.names(),
                      "how the image reads the text: cross-attention (LI-DiT 3.2), in-context "
                      "(control: among the keys of self-attention, without weights of its own), "
                      "dual-stream (MMDiT, Esser et al. 2024)"));
  keys.push_back({.name = "backbone.pooled_text",
                  .kind = Kind::boolean,
                  .default_value = true,
                  .doc = "the modulation reads the pooled text besides the time (LI-DiT 3.2; i1, "
                         "arXiv 2606.11289, also without)"});
  keys.push_back({.name = "backbone.readout",
                  .kind = Kind::boolean,
                  .doc = "a small classifier of the same width and depth in the backbone's place, "
                         "trained without diffusion"});
  keys.push_back(integer("train.steps", defaults.steps, 1, "optimiser steps"));
  keys.push_back({.name = "train.teraflops",
                  .kind = Kind::number,
                  .at_least = 0,
                  .at_most = 1e12,
                  .doc = "as many steps as take so many TFLOP, forward and backward, instead of "
                         "train.steps: what a refiner costs is then taken from its training"});
  keys.push_back(integer("train.batch", defaults.batch, 1, "images per step"));
  keys.push_back(text("train.optimizer", "muon", kOptimizers.names(),
                      "muon: for the backbone's attention and FFN matrices, adamw for the rest"));
  keys.push_back(
      number("train.backbone_learning_rate", defaults.backbone_lr, 0, 1, "AdamW on the backbone"));
  keys.push_back(number("train.conditioner_learning_rate", defaults.conditioner_lr, 0, 1,
                        "AdamW on adapters and refiners"));
  keys.push_back(number("train.muon_learning_rate", defaults.muon_lr, 0, 10, "Muon"));
  keys.push_back(
      {.name = "train.learning_rate_multiplier",
       .kind = Kind::number,
       .at_least = 0,
       .at_most = 100,
       .doc = "of all learning rates alike, to choose one per strategy; 1 if not given"});
  keys.push_back(number("train.beta1", defaults.beta1, 0, 1, "AdamW"));
  keys.push_back(number("train.beta2", defaults.beta2, 0, 1, "AdamW"));
  keys.push_back(number("train.weight_decay", defaults.weight_decay, 0, 10, "AdamW"));
  keys.push_back(integer("train.warmup", defaults.warmup, 0, "steps of linear warm-up"));
  keys.push_back(number("train.clip", defaults.clip, 0, 1e6, "joint norm of all gradients"));
  keys.push_back(number("train.ema", defaults.ema, 0, 1, "decay of the weights' average"));
  keys.push_back(number("train.drop", defaults.drop, 0, 1,
                        "probability that a caption becomes the learned null"));
  keys.push_back(text("train.prediction", std::string(kPredictions.name_of(defaults.prediction)),
                      kPredictions.names(), "what the backbone says"));
  keys.push_back(text("train.density", std::string(kTimestepDensities.name_of(defaults.density)),
                      kTimestepDensities.names(), "of training timesteps"));
  keys.push_back(integer("sample.steps", 10, 1, "Euler steps"));
  keys.push_back(number("sample.guidance", 1, 0, 100, "1: none"));
  keys.push_back(text("sample.grid", "uniform", kTimeGrids.names(), "where the steps lie"));
}

Kind kind_of(const KeyDescription& key) {
  constexpr std::pair<std::string_view, Kind> kKinds[] = {{"text", Kind::text},
                                                          {"integer", Kind::integer},
                                                          {"number", Kind::number},
                                                          {"list of integers", Kind::integers}};
  for (const auto& [name, kind] : kKinds)
    if (key.kind == name) return kind;
  TORCH_CHECK(false, "strategy key ", key.key, " has kind ", key.kind);
}

void add_strategy_keys(std::vector<KeySpec>& keys) {
  for (const KeyDescription& key : strategy_keys())
    keys.push_back({.name = key.key,
                    .kind = kind_of(key),
                    .choices = key.choices,
                    .doc = std::string(key.summary),
                    .indexed = key.per_encoder});
}

}  // namespace

const Schema& experiment_schema() {
  static const Schema schema = [] {
    std::vector<KeySpec> keys;
    add_world(keys);
    add_evaluation(keys);
    add_training(keys);
    add_strategy_keys(keys);
    return Schema(std::move(keys));
  }();
  return schema;
}

}  // namespace lidit
