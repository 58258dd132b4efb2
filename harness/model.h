// The trained half of a cell: a backbone and the conditioner that feeds it, with their weights.
#pragma once
#include <filesystem>
#include <memory>

#include "encoders/strategy_table.h"
#include "harness/backbone/lidit.h"
#include "harness/data/world_data.h"
#include "harness/settings.h"
#include "results/record.h"

namespace lidit {

struct Model {
  LiDiT backbone{nullptr};
  Strategy strategy;  // the frozen source and the trained conditioner
};

/// Fresh weights, a function of the seed and of their names. `data` is asked for what the strategy
/// "scene-tokens" reads. Throws as the strategy's make does (missing model, ...).
Model build_model(const ExperimentSettings& settings, const WorldData& data,
                  const std::filesystem::path& home, c10::Device device);

/// The strategy of build_model alone.
Strategy build_strategy(const ExperimentSettings& settings, const WorldData& data,
                        const std::filesystem::path& home, c10::Device device);

/// "parameters.PART": how many numbers the module trains.
Measurement parameter_measurement(const std::string& part, const torch::nn::Module& module);

}  // namespace lidit
