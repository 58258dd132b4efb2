// The training recipe.
#pragma once
#include <cstdint>

#include "harness/training/named_choices.h"
#include "harness/training/objective.h"

namespace lidit {

enum class OptimizerKind {
  adamw,  // for every parameter
  muon,   // Muon for the backbone's attention and FFN matrices, AdamW for the rest
};
inline constexpr NamedChoices<OptimizerKind, 2> kOptimizers{
    "optimizer", {{{"adamw", OptimizerKind::adamw}, {"muon", OptimizerKind::muon}}}};

/// The defaults are the recipe with which micro sizes learn within hundreds of steps.
struct TrainOptions {
  std::int64_t steps = 600, batch = 64;
  OptimizerKind optimizer = OptimizerKind::muon;
  double backbone_lr = 5e-3;     // AdamW on the backbone
  double conditioner_lr = 2e-3;  // AdamW on adapters and refiners
  double muon_lr = 0.04;
  double beta1 = 0.9, beta2 = 0.98, weight_decay = 0;  // of AdamW
  std::int64_t warmup = 100;                           // steps; fewer than `steps`
  double clip = 1;                                     // joint norm of all gradients
  double ema = 0.99;
  double drop = 0.1;  // probability that a caption is replaced by the learned null
  Prediction prediction = Prediction::sample;
  TimestepDensity density = TimestepDensity::noise_biased;
  std::uint64_t seed = 0;
};

/// Throws SpecError naming the setting, its value and what it must be; NaN is refused.
void check(const TrainOptions& options);

}  // namespace lidit
