// How far a rotary model turns a head per position: the base, and what long contexts made of it.
#pragma once
#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>

#include "encoders/llm/config_reader.h"

namespace lidit {

using at::Tensor;

/// Llama 3.1's scaling: slow turns are slowed down further, fast ones stay, others blend.
struct RotaryBands {
  double factor, low, high, original_context;
};

struct RotaryOptions {
  double base = 1e4;
  double factor = 1;  // linear scaling: positions are divided by it
  std::optional<RotaryBands> bands = {};
};

/// The settings under `parameters` ("rope_parameters.full_attention", say) and the older
/// "rope_theta" and "rope_scaling", or GGUF's; `base` where the file names none. Throws FileError
/// on kinds of scaling that are not computed here.
RotaryOptions read_rotary(const ConfigReader& reader, std::string_view parameters, double base);

/// Radians per position (E/2) fp32 of the halves of a head of width E.
Tensor rotary_frequencies(const RotaryOptions& options, std::int64_t head_width,
                          c10::Device device);

}  // namespace lidit
