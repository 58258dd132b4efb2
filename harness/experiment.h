// One cell: train a backbone on one strategy's conditioning, sample, read back, score.
#pragma once
#include <c10/core/Device.h>

#include <chrono>
#include <filesystem>
#include <vector>

#include "harness/executors/worker_loop.h"
#include "results/fields.h"
#include "results/record.h"

namespace lidit {

/// Where and how a cell runs; nothing here changes its numbers.
struct ExperimentContext {
  std::filesystem::path home;    // models/ and features/
  std::filesystem::path folder;  // gets weights.safetensors and images/*.png
  c10::Device device;
  TellProgress tell;
  std::filesystem::path checkpoints = {};  // of cells that are under way; empty: none are kept
  std::chrono::seconds checkpoint_every{120};
};

struct ExperimentResult {
  Record record;
  std::vector<Fields> prompts;  // the raw rows
};

/// `resolved`: every setting, see settings.h. Diverged training gives a failed record; a missing
/// model, a broken file or a contradiction throws.
ExperimentResult run_experiment(const Fields& resolved, const ExperimentContext& context);

}  // namespace lidit
