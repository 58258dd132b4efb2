// Sizes and options of causal decoders with rotary positions and gated feed-forward networks: what
// Llama, Mistral, Qwen and Gemma share, and where they differ.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "encoders/kernels/row_kernels.h"
#include "encoders/llm/config_reader.h"
#include "encoders/llm/language_model.h"
#include "encoders/llm/named_weights.h"
#include "encoders/llm/rotary_options.h"

namespace lidit {

/// Blocks that see only the last tokens, and with which rotary base.
struct SlidingBlocks {
  std::int64_t window;     // tokens that such a block sees, the token itself included
  RotaryOptions rotary;    // of these blocks (Gemma 3 has another base for them)
  std::vector<bool> here;  // for every block whether it is one
};

struct DecoderOptions {
  RotaryOptions rotary = {};
  std::optional<SlidingBlocks> sliding = {};      // Mistral, Gemma 2 and 3
  Activation activation = Activation::silu;       // Gemma: gelu_tanh
  std::optional<double> attention_scale = {};     // 1 / sqrt(head width) unless given (Gemma)
  std::optional<double> attention_soft_cap = {};  // Gemma 2
  bool query_key_value_bias = false;              // Qwen 1.5 to 2.5
  bool query_key_norm = false;                    // Qwen 3, Gemma 3: RMSNorm of every head
  bool sandwich_norms = false;                    // Gemma 2 and 3: also behind attention and FFN
  bool scaled_embedding = false;                  // Gemma: times sqrt(width)
  bool norms_less_one = false;                    // the files hold norm weights minus 1 (Gemma)
  bool interleaved_heads =
      false;  // the files hold Q and K rows in interleaved order (GGUF's Llama)
};

struct DecoderConfig {
  std::string_view family;
  std::int64_t vocabulary, width, depth, heads, kv_heads, head_width, hidden, context;
  double norm_epsilon;
  DecoderOptions options = {};

  bool slides(std::int64_t block) const {
    return options.sliding && options.sliding->here[static_cast<std::size_t>(block)];
  }
};

LanguageModelShape shape_of(const DecoderConfig& config);
std::vector<ExpectedTensor> expected_tensors(const DecoderConfig& config);
const TensorNames& tensor_names(const DecoderConfig& config);

struct DecoderSize {
  std::string_view name;
  DecoderConfig config;
};
/// Known sizes, a tiny one for tests first.
std::span<const DecoderSize> decoder_sizes();

}  // namespace lidit
