// The sizes of the backbone: one table, from the smallest for tests to the paper's two.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "harness/backbone/lidit.h"

namespace lidit {

/// One row of the sizes table.
struct BackboneSize {
  std::string_view name;
  std::int64_t width, depth, heads, patch;
  std::int64_t image_size, channels;  // what it is meant for: pixels, or latents of an autoencoder
  GateInit gate_init;
  std::optional<double> position_sd;
  GateInit refiner_gate_init;  // recommended for the refiners that feed it
  std::string_view note;       // what it is for, and why it starts as it does

  /// The backbone of this size for its own images; change the fields for others.
  LiDiTOptions options() const;
};

/// Written by hand: one line per size.
std::span<const BackboneSize> backbone_sizes();
/// Throws SpecError with the choices.
const BackboneSize& backbone_size(std::string_view name);

/// Trained values by part; text projections and refiners are the conditioner's.
struct ParameterCounts {
  std::int64_t blocks;          // attention, FFN and modulation of all blocks
  std::int64_t embedders;       // patches, timestep, learned positions
  std::int64_t position_block;  // the convolutional position block
  std::int64_t final_layer;
  std::int64_t total() const { return blocks + embedders + position_block + final_layer; }
};
/// Counted from the options alone: nothing is built.
ParameterCounts parameter_counts(const LiDiTOptions& options);

}  // namespace lidit
