#include "encoders/llm/decoder/families.h"

#include <fmt/format.h>

#include <cmath>

#include "encoders/llm/limits.h"
#include "results/errors.h"

namespace lidit {
namespace {

/// What a number is called in config.json and in GGUF.
struct Keys {
  std::string_view vocabulary, width, depth, heads, kv_heads, head_width, hidden, context, epsilon,
      window;
};
constexpr Keys kHuggingFaceKeys{.vocabulary = "vocab_size",
                                .width = "hidden_size",
                                .depth = "num_hidden_layers",
                                .heads = "num_attention_heads",
                                .kv_heads = "num_key_value_heads",
                                .head_width = "head_dim",
                                .hidden = "intermediate_size",
                                .context = "max_position_embeddings",
                                .epsilon = "rms_norm_eps",
                                .window = "sliding_window"};
constexpr Keys kGgufKeys{.vocabulary = "vocab_size",
                         .width = "embedding_length",
                         .depth = "block_count",
                         .heads = "attention.head_count",
                         .kv_heads = "attention.head_count_kv",
                         .head_width = "attention.key_length",
                         .hidden = "feed_forward_length",
                         .context = "context_length",
                         .epsilon = "attention.layer_norm_rms_epsilon",
                         .window = "attention.sliding_window"};

bool is_gguf(const ConfigReader& reader) { return reader.naming() == Naming::gguf; }
const Keys& keys_of(const ConfigReader& reader) {
  return is_gguf(reader) ? kGgufKeys : kHuggingFaceKeys;
}

DecoderConfig read_sizes(const ConfigReader& reader, std::string_view family) {
  const Keys& keys = keys_of(reader);
  DecoderConfig config{};
  config.family = family;
  config.vocabulary = reader.count(keys.vocabulary, kMaximumVocabulary);
  config.width = reader.count(keys.width, kMaximumWidth);
  config.depth = reader.count(keys.depth, kMaximumDepth);
  config.heads = reader.count(keys.heads, kMaximumHeads);
  config.kv_heads = reader.count_or(keys.kv_heads, kMaximumHeads, config.heads);
  config.head_width = reader.count_or(keys.head_width, kMaximumWidth, config.width / config.heads);
  config.hidden = reader.count(keys.hidden, kMaximumWidth);
  config.context = reader.count(keys.context, kMaximumContext);
  config.norm_epsilon = reader.positive(keys.epsilon);
  if (config.heads % config.kv_heads != 0 || config.head_width % 2 != 0 || config.head_width < 2)
    throw FileError(fmt::format("{}: {} heads of width {} cannot share {} key heads",
                                reader.path().string(), config.heads, config.head_width,
                                config.kv_heads));
  if (is_gguf(reader)) {
    reader.require("attention.value_length", config.head_width);
    reader.require("rope.dimension_count", config.head_width);
  } else {
    reader.require("attention_bias", false);
    reader.require("mlp_bias", false);
    reader.require("partial_rotary_factor", 1.0);
    reader.require("rope_parameters.partial_rotary_factor", 1.0);
    reader.require("use_bidirectional_attention", false);
  }
  return config;
}

/// Which blocks slide: config.json's "layer_types", else all but each `every`-th.
std::vector<bool> sliding_blocks(const ConfigReader& reader, std::int64_t depth,
                                 std::int64_t every) {
  std::vector<bool> sliding;
  if (is_gguf(reader) || !reader.has("layer_types")) {
    for (std::int64_t i = 0; i < depth; ++i) sliding.push_back((i + 1) % every != 0);
    return sliding;
  }
  for (const std::string& type : reader.texts("layer_types")) {
    if (type != "sliding_attention" && type != "full_attention")
      throw FileError(fmt::format(
          "{}: 'layer_types' has \"{}\", and only \"full_attention\" and \"sliding_attention\" "
          "are supported here",
          reader.path().string(), type));
    sliding.push_back(type == "sliding_attention");
  }
  if (static_cast<std::int64_t>(sliding.size()) != depth)
    throw FileError(fmt::format("{}: 'layer_types' names {} blocks of {}", reader.path().string(),
                                sliding.size(), depth));
  return sliding;
}

DecoderConfig read_plain(const ConfigReader& reader, std::string_view family) {
  reader.require("hidden_act", std::string("silu"));
  DecoderConfig config = read_sizes(reader, family);
  config.options.rotary = read_rotary(reader, "rope_parameters", 1e4);
  return config;
}

/// Qwen's window: only where it is switched on, and from one block upwards.
void read_qwen_window(const ConfigReader& reader, DecoderConfig& config) {
  if (is_gguf(reader) || !reader.flag_or("use_sliding_window", false)) return;
  std::vector<bool> here;
  if (reader.has("layer_types")) {
    here = sliding_blocks(reader, config.depth, 1);
  } else {
    const std::int64_t first = reader.count("max_window_layers", kMaximumDepth);
    for (std::int64_t i = 0; i < config.depth; ++i) here.push_back(i >= first);
  }
  config.options.sliding = {.window = reader.count("sliding_window", kMaximumContext),
                            .rotary = config.options.rotary,
                            .here = std::move(here)};
}

/// What Gemma 2 and 3 share. The 27B models alone scale scores by the width per head, which GGUF
/// does not say; they are known by their depth.
DecoderConfig read_gemma(const ConfigReader& reader, std::string_view family, std::int64_t every,
                         std::int64_t depth_of_27b) {
  reader.require("hidden_activation", std::string("gelu_pytorch_tanh"));
  DecoderConfig config = read_sizes(reader, family);
  const bool by_width = is_gguf(reader) && config.depth == depth_of_27b;
  const double scalar = is_gguf(reader) ? static_cast<double>(by_width ? config.width / config.heads
                                                                       : config.head_width)
                                        : reader.positive("query_pre_attn_scalar");
  config.options.activation = Activation::gelu_tanh;
  config.options.attention_scale = 1 / std::sqrt(scalar);
  config.options.sandwich_norms = config.options.scaled_embedding = true;
  config.options.norms_less_one = !is_gguf(reader);
  config.options.sliding = {.window = reader.count(keys_of(reader).window, kMaximumContext),
                            .rotary = {},
                            .here = sliding_blocks(reader, config.depth, every)};
  return config;
}

}  // namespace

DecoderConfig read_llama_config(const ConfigReader& reader) {
  DecoderConfig config = read_plain(reader, "llama");
  config.options.interleaved_heads = is_gguf(reader);
  return config;
}

DecoderConfig read_mistral_config(const ConfigReader& reader) {
  DecoderConfig config = read_plain(reader, "mistral");
  if (reader.has(keys_of(reader).window))
    config.options.sliding = {
        .window = reader.count(keys_of(reader).window, kMaximumContext),
        .rotary = config.options.rotary,
        .here = std::vector<bool>(static_cast<std::size_t>(config.depth), true)};
  return config;
}

DecoderConfig read_qwen2_config(const ConfigReader& reader) {
  DecoderConfig config = read_plain(reader, "qwen2");
  config.options.query_key_value_bias = true;
  read_qwen_window(reader, config);
  return config;
}

DecoderConfig read_qwen3_config(const ConfigReader& reader) {
  DecoderConfig config = read_plain(reader, "qwen3");
  config.options.query_key_norm = true;
  read_qwen_window(reader, config);
  return config;
}

DecoderConfig read_gemma2_config(const ConfigReader& reader) {
  DecoderConfig config = read_gemma(reader, "gemma2", 2, 46);
  config.options.rotary = config.options.sliding->rotary =
      read_rotary(reader, "rope_parameters", 1e4);
  if (reader.has("attn_logit_softcapping"))
    config.options.attention_soft_cap = reader.positive("attn_logit_softcapping");
  return config;
}

DecoderConfig read_gemma3_config(const ConfigReader& reader) {
  const std::int64_t every =
      is_gguf(reader) ? 6 : reader.count_or("sliding_window_pattern", kMaximumDepth, 6);
  DecoderConfig config = read_gemma(reader, "gemma3", every, 62);
  config.options.query_key_norm = true;
  config.options.rotary = read_rotary(reader, "rope_parameters.full_attention", 1e6);
  // Blocks that slide are never scaled: their positions are near.
  config.options.sliding->rotary.base =
      is_gguf(reader) ? reader.positive_or("rope.freq_base_swa", 1e4)
                      : reader.positive_or("rope_parameters.sliding_attention.rope_theta",
                                           reader.positive_or("rope_local_base_freq", 1e4));
  reader.require_absent("attn_logit_softcapping");
  return config;
}

}  // namespace lidit
