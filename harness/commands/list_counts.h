// `lidit list strategies --counts`: what each strategy and each of its variants trains.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "encoders/strategies/parameter_counts.h"
#include "harness/backbone/sizes.h"

namespace lidit {

/// The paper's two language models, LLaMA3-8B and Qwen1.5-7B, have this width.
inline constexpr std::int64_t kPaperEncoderWidth = 4096;

/// A strategy with one of its settings changed, or the backbone's that says what it must train, or
/// none.
struct StrategyVariant {
  std::string label;  // "raw-llm", or "refiner.mask = causal"
  StrategySettings settings;
  bool pooled_text = true;  // the backbone's modulation reads it
  /// Trained parameters part by part, with language models of the paper's width.
  std::vector<PartCount> counts(const BackboneSize& size) const;
};

/// All variants of one strategy: first itself, then one for each level of each setting of encoder
/// (how many, layers' mix, feature scale), adapter, refiner or fusion that changes what is trained
/// and can be seen in it; of numbers without a list, one level. Last, what a backbone that reads no
/// pooled text leaves of it.
struct VariantGroup {
  std::string strategy;
  std::vector<StrategyVariant> variants;
};
std::vector<VariantGroup> strategy_variants();

/// The table as `lidit list` prints it: one column for each of the paper's sizes.
std::string describe_counts();

}  // namespace lidit
