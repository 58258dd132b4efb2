// Floors and ceilings of the drawn world that need no training.
#pragma once
#include "harness/data/world_data.h"
#include "harness/experiment.h"
#include "harness/settings.h"

namespace lidit {

/// Scores of chance, of the bag oracle or of the verifier on true pictures, split by split.
void run_untrained(const ExperimentSettings& settings, const WorldData& data,
                   const ExperimentContext& context, ExperimentResult& result);

}  // namespace lidit
