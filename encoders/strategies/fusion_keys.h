// The settings of what joins several encoders.
#pragma once
#include <cstddef>
#include <span>

#include "encoders/strategies/settings.h"

namespace lidit {

std::span<const KeyDescription> fusion_keys();
/// Tokens one behind the other, nothing else.
Fields fusion_defaults();
/// Throws SpecError, also where `encoders` are too few for what is asked.
FusionSettings parse_fusion(const Fields& fields, std::size_t encoders);

}  // namespace lidit
