// What the blocks of all refiners share: modulation of packed tokens.
#pragma once
#include <vector>

#include "encoders/layers/modulation.h"
#include "encoders/layers/packing.h"

namespace lidit {

/// The vectors of both sub-layers, attention and FFN, for each packed token: (S,D), or (1,D) where
/// all prompts share them. Without a modulation all are undefined: plain residuals.
std::vector<SublayerModulation> token_modulation(Modulation& modulation, const Tensor& c,
                                                 const Packing& packing);

}  // namespace lidit
