// Sizes and settings of CLIP's text tower (Radford et al. 2021).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "encoders/llm/config_reader.h"
#include "encoders/llm/language_model.h"
#include "encoders/llm/named_weights.h"

namespace lidit {

struct ClipConfig {
  std::int64_t vocabulary, width, depth, heads, hidden, context;
  double norm_epsilon;
  bool quick_gelu;  // x sigmoid(1.702 x); else GELU
};

/// Throws FileError on settings that are missing, contradictory or not computed here.
ClipConfig read_clip_config(const ConfigReader& reader);
LanguageModelShape shape_of(const ClipConfig& config);
std::vector<ExpectedTensor> expected_tensors(const ClipConfig& config);
const TensorNames& tensor_names(const ClipConfig& config);

struct ClipSize {
  std::string_view name;
  ClipConfig config;
};
/// Known sizes, a tiny one for tests first.
std::span<const ClipSize> clip_sizes();

}  // namespace lidit
