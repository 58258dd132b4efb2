// Where frozen features come from: a language model, the store, or a folder of the user's.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "encoders/features.h"
#include "encoders/prompt.h"

namespace lidit {

/// Not a Module: a frozen model must not enter optimiser, EMA or checkpoint.
class FeatureSource {
 public:
  virtual ~FeatureSource() = default;
  /// One EncoderFeatures per encoder, prompts in the order given. Throws UserError on a prompt
  /// that cannot be encoded (too long for the context).
  virtual FrozenFeatures encode(std::span<const Prompt> prompts) const = 0;
  /// D_llm of each encoder, in the order of encode's result.
  virtual std::vector<std::int64_t> widths() const = 0;
};

}  // namespace lidit
