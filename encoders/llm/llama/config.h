// Sizes and settings of the Llama family (Touvron et al. 2023; Llama 1/2, SmolLM2).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "encoders/llm/config_reader.h"
#include "encoders/llm/language_model.h"
#include "encoders/llm/named_weights.h"

namespace lidit {

struct LlamaConfig {
  std::int64_t vocabulary, width, depth, heads, kv_heads, head_width, hidden, context;
  double rotary_base, norm_epsilon;
};

/// Throws FileError on settings that are missing, contradictory or not computed here.
LlamaConfig read_llama_config(const ConfigReader& reader);
LanguageModelShape shape_of(const LlamaConfig& config);
std::vector<ExpectedTensor> expected_tensors(const LlamaConfig& config);
const TensorNames& llama_tensor_names();

struct LlamaSize {
  std::string_view name;
  LlamaConfig config;
};
/// Known sizes, a tiny one for tests first.
std::span<const LlamaSize> llama_sizes();

}  // namespace lidit
