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

/// The transformer block of both towers: pre-LayerNorm, biases, GELU.
struct ClipBlockOptions {
  std::int64_t width, heads;  // heads divide width
  std::int64_t hidden;        // of the feed-forward network
  double norm_epsilon;
  bool quick_gelu;  // x sigmoid(1.702 x); else GELU
  bool causal;      // the text tower; the vision tower sees everything
};

/// The tensors of `depth` blocks.
void append_clip_blocks(const ClipBlockOptions& options, std::int64_t depth,
                        std::vector<ExpectedTensor>& all);

/// Adds NAME.weight of that shape, and NAME.bias of its first dimension.
void append_affine(std::string_view name, std::vector<std::int64_t> weight,
                   std::vector<ExpectedTensor>& all);

struct ClipConfig {
  std::int64_t vocabulary, width, depth, heads, hidden, context;
  double norm_epsilon;
  bool quick_gelu;  // x sigmoid(1.702 x); else GELU
};

/// Throws FileError on settings that are missing, contradictory or not computed here.
ClipConfig read_clip_config(const ConfigReader& reader);
/// Whether "hidden_act" is CLIP's quick GELU, which it is where nothing is said, or GELU.
bool read_quick_gelu(const ConfigReader& reader);
ClipBlockOptions block_options(const ClipConfig& config);
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
