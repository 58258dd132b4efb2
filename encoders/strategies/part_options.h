// From settings to the options of the parts that a strategy is made of: for building and for
// counting alike.
#pragma once
#include <cstdint>

#include "encoders/refiners/collaborative_refiner.h"
#include "encoders/refiners/linguistic_token_refiner.h"
#include "encoders/refiners/resampler.h"
#include "encoders/strategies/settings.h"

namespace lidit {

/// What feeds a branch and what it feeds.
struct BranchShape {
  std::int64_t encoder_width;  // D_llm
  std::int64_t width, heads;   // of the backbone
};

/// At the encoder's width the heads are as wide as the backbone's, or the next even width that
/// divides it.
LinguisticTokenRefinerOptions refiner_options(const RefinerSettings& settings,
                                              const BranchShape& shape);

bool is_resampler(const AdapterSettings& settings);
/// Only where is_resampler().
ResamplerOptions resampler_options(const AdapterSettings& settings, const BranchShape& shape);

/// Only where fusion.blocks > 0.
CollaborativeRefinerOptions fusion_options(const FusionSettings& settings, std::int64_t encoders,
                                           std::int64_t width, std::int64_t heads);

/// Whether anything reads the pooled text of a branch: the backbone, or a gate.
bool reads_pooled_text(const StrategySettings& settings, bool backbone_reads);

}  // namespace lidit
