// A trained cell as the probes of images see it: captions in, readings of what it draws out.
#pragma once
#include <c10/core/Device.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "harness/trained_cell.h"
#include "metrics/probes/drawn/drawn_sets.h"

namespace lidit {

struct DrawnProbeOptions {
  std::int64_t images = 1;  // of every caption
  std::uint64_t seed = 0;   // of the initial noise, which all captions of a set share
};

/// The world that a trained cell was trained in. Throws UserError for a cell that reads no words.
scenes::World world_of(const TrainedCell& cell);

/// Draws every text of the plans with the cell's averaged weights and its own sampler, and judges
/// what the verifier reads. `tell` is called with the number of images that are done.
std::vector<probes::DrawnSet> draw_probe_sets(const TrainedCell& cell,
                                              std::span<const probes::DrawnPlan> plans,
                                              const DrawnProbeOptions& options,
                                              const std::filesystem::path& home, c10::Device device,
                                              const std::function<void(std::int64_t images)>& tell);

}  // namespace lidit
