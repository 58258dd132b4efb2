// From settings to a strategy that runs.
#pragma once
#include "encoders/strategy_table.h"

namespace lidit {

/// Opens the encoders that `settings` name and builds the conditioner over them. `settings` are
/// complete (complete_settings). Throws what parse_strategy_settings and open_encoder throw.
Strategy compose(const Fields& settings, const BuildContext& context);

}  // namespace lidit
