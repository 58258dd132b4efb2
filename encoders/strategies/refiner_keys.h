// The settings of adapter and linguistic token refiner.
#pragma once
#include <span>

#include "encoders/strategies/settings.h"

namespace lidit {

std::span<const KeyDescription> adapter_keys();
/// One linear map.
Fields adapter_defaults();
/// Throws SpecError.
AdapterSettings parse_adapter(const Fields& fields);

std::span<const KeyDescription> refiner_keys();
/// The adapter alone.
Fields refiner_defaults();
/// Throws SpecError.
RefinerSettings parse_refiner(const Fields& fields);

}  // namespace lidit
