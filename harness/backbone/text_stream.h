// The text as the blocks of a backbone see it.
#pragma once
#include "encoders/layers/packing.h"

namespace lidit {

/// Tokens of a batch, packed: a block works on real ones alone, padding cannot reach anything.
struct TextStream {
  Tensor tokens;           // (S,D), the packed rows of a padded batch (B,T,D)
  const Packing* packing;  // of that batch
  Tensor bias;             // (B,1,1,T) as of attention_bias: hides the padding from queries
};

}  // namespace lidit
