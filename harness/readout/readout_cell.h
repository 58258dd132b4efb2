// One cell whose backbone is a readout: what the features say, without diffusion.
#pragma once
#include "harness/data/world_data.h"
#include "harness/experiment.h"
#include "harness/settings.h"

namespace lidit {

/// Trains the strategy's conditioner with a Readout by cross-entropy, with AdamW at the
/// conditioner's learning rate and the recipe's steps, batches, warm-up and clipping; then scores
/// the likeliest scene of every prompt as if it had been read off an image. The same measurements
/// and curves as of a trained cell, but for what concerns images. Time-dependent conditioners are
/// given a time embedding of zeros. Throws Diverged.
void run_readout(const ExperimentSettings& settings, const WorldData& data,
                 const ExperimentContext& context, ExperimentResult& result);

}  // namespace lidit
