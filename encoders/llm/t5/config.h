// Sizes and settings of T5's encoder (Raffel et al. 2020; v1.1, Flan, umT5).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "encoders/llm/config_reader.h"
#include "encoders/llm/language_model.h"
#include "encoders/llm/named_weights.h"

namespace lidit {

struct T5Config {
  std::int64_t vocabulary, width, depth, heads, head_width, hidden, context, buckets, farthest;
  double norm_epsilon;
  bool bias_in_every_block;  // umT5; else the first block's serves all
};

/// T5 v1.1 and Flan, and what GGUF calls so (has_bias_in_every_block). Both throw FileError on
/// settings that are missing, contradictory or not computed here.
T5Config read_t5_config(const ConfigReader& reader);
T5Config read_umt5_config(const ConfigReader& reader);
/// Whether the weights are umT5's: GGUF calls it T5, and only the tensors tell them apart.
bool has_bias_in_every_block(const std::vector<std::shared_ptr<const WeightFile>>& files);
LanguageModelShape shape_of(const T5Config& config);
std::vector<ExpectedTensor> expected_tensors(const T5Config& config);
const TensorNames& tensor_names(const T5Config& config);

struct T5Size {
  std::string_view name;
  T5Config config;
};
/// Known sizes, a tiny one for tests first.
std::span<const T5Size> t5_sizes();

}  // namespace lidit
