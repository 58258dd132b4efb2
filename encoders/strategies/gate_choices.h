// What gates start as, by name: of refiners and of the fusion alike.
#pragma once
#include "encoders/layers/modulation.h"
#include "encoders/strategies/setting_reader.h"

namespace lidit {

inline const Choices<GateInit> kGateChoices = {
    {"zero", GateInit::zero}, {"one", GateInit::one}, {"1e-2", GateInit::hundredth}};

}  // namespace lidit
