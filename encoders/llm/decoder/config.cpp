#include "encoders/llm/decoder/config.h"

#include <fmt/format.h>

#include <array>

namespace lidit {
namespace {

using Names = std::pair<std::string_view, std::string_view>;

// Ours (Hugging Face's) and GGUF's names, without the block's index and without ".weight".
constexpr std::array<Names, 14> kDecoderGguf{{
    {"embed_tokens", "token_embd"},
    {"input_layernorm", "attn_norm"},
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"},
    {"post_attention_layernorm", "ffn_norm"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"norm", "output_norm"},
    {"rope_freqs", "rope_freqs"},
}};
// With norms on both sides the same name means another norm.
constexpr std::array<Names, 15> kSandwichGguf{{
    {"embed_tokens", "token_embd"},
    {"input_layernorm", "attn_norm"},
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"},
    {"post_attention_layernorm", "post_attention_norm"},
    {"pre_feedforward_layernorm", "ffn_norm"},
    {"post_feedforward_layernorm", "post_ffw_norm"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"norm", "output_norm"},
}};
// A language model alone, with or without its head, and as the text tower of a multimodal one.
constexpr std::array<std::string_view, 5> kDecoderPrefixes{
    "model.", "", "language_model.model.", "model.language_model.", "language_model."};
constexpr std::array<std::string_view, 13> kDecoderUnused{
    "lm_head.weight",  "output.weight",          "inv_freq",
    "vision_tower.",   "model.vision_tower.",    "visual.",
    "model.visual.",   "multi_modal_projector.", "model.multi_modal_projector.",
    "image_newline",   "vision_model.",          "model.vision_model.",
    "model.connector."};
constexpr TensorNames kDecoderNames{kDecoderPrefixes, "layers.", "blk.", kDecoderGguf,
                                    kDecoderUnused};
constexpr TensorNames kSandwichNames{kDecoderPrefixes, "layers.", "blk.", kSandwichGguf,
                                     kDecoderUnused};

}  // namespace

LanguageModelShape shape_of(const DecoderConfig& config) {
  return {.family = std::string(config.family),
          .vocabulary = config.vocabulary,
          .width = config.width,
          .depth = config.depth,
          .context = config.context,
          .parameters = parameter_count(expected_tensors(config)),
          .causal = true};
}

std::vector<ExpectedTensor> expected_tensors(const DecoderConfig& c) {
  const std::int64_t query = c.heads * c.head_width, key = c.kv_heads * c.head_width;
  std::vector<ExpectedTensor> all{{"embed_tokens.weight", {c.vocabulary, c.width}}};
  for (std::int64_t i = 0; i < c.depth; ++i) {
    const auto add = [&](std::string_view name, std::vector<std::int64_t> shape) {
      all.push_back({fmt::format("layers.{}.{}", i, name), std::move(shape)});
    };
    const auto project = [&](std::string_view name, std::int64_t rows) {
      add(fmt::format("self_attn.{}.weight", name), {rows, c.width});
      if (c.options.query_key_value_bias) add(fmt::format("self_attn.{}.bias", name), {rows});
    };
    add("input_layernorm.weight", {c.width});
    project("q_proj", query);
    project("k_proj", key);
    project("v_proj", key);
    if (c.options.query_key_norm) {
      add("self_attn.q_norm.weight", {c.head_width});
      add("self_attn.k_norm.weight", {c.head_width});
    }
    add("self_attn.o_proj.weight", {c.width, query});
    add("post_attention_layernorm.weight", {c.width});
    if (c.options.sandwich_norms) {
      add("pre_feedforward_layernorm.weight", {c.width});
      add("post_feedforward_layernorm.weight", {c.width});
    }
    add("mlp.gate_proj.weight", {c.hidden, c.width});
    add("mlp.up_proj.weight", {c.hidden, c.width});
    add("mlp.down_proj.weight", {c.width, c.hidden});
  }
  all.push_back({"norm.weight", {c.width}});
  // GGUF writes Llama 3.1's scaling as a divisor for every frequency.
  if (c.options.interleaved_heads)
    all.push_back({.name = "rope_freqs.weight", .shape = {c.head_width / 2}, .optional = true});
  return all;
}

const TensorNames& tensor_names(const DecoderConfig& config) {
  return config.options.sandwich_norms ? kSandwichNames : kDecoderNames;
}

}  // namespace lidit
