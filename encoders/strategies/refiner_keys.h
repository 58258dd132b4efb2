// The settings of adapter and linguistic token refiner.
#pragma once
#include <span>

#include "encoders/strategies/settings.h"

namespace lidit {

std::span<const KeyDescription> refiner_keys();
/// A linear adapter alone.
Fields refiner_defaults();
/// Throws SpecError.
RefinerSettings parse_refiner(const Fields& fields);

}  // namespace lidit
