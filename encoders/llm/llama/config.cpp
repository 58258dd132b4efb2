#include "encoders/llm/llama/config.h"

#include <fmt/format.h>

#include <array>

#include "encoders/llm/limits.h"
#include "results/errors.h"

namespace lidit {
namespace {

LlamaConfig from_hugging_face(const ConfigReader& reader) {
  reader.require("hidden_act", std::string("silu"));
  reader.require("attention_bias", false);
  reader.require("mlp_bias", false);
  reader.require("rope_scaling.rope_type", std::string("default"));
  reader.require("rope_parameters.rope_type", std::string("default"));
  LlamaConfig config{};
  config.vocabulary = reader.count("vocab_size", kMaximumVocabulary);
  config.width = reader.count("hidden_size", kMaximumWidth);
  config.depth = reader.count("num_hidden_layers", kMaximumDepth);
  config.heads = reader.count("num_attention_heads", kMaximumHeads);
  config.kv_heads = reader.count_or("num_key_value_heads", kMaximumHeads, config.heads);
  config.head_width = reader.count_or("head_dim", kMaximumWidth, config.width / config.heads);
  config.hidden = reader.count("intermediate_size", kMaximumWidth);
  config.context = reader.count("max_position_embeddings", kMaximumContext);
  config.rotary_base = reader.positive(
      reader.has("rope_parameters.rope_theta") ? "rope_parameters.rope_theta" : "rope_theta");
  config.norm_epsilon = reader.positive("rms_norm_eps");
  return config;
}

LlamaConfig from_gguf(const ConfigReader& reader) {
  reader.require("rope.scaling.type", std::string("none"));
  LlamaConfig config{};
  config.vocabulary = reader.count("vocab_size", kMaximumVocabulary);
  config.width = reader.count("embedding_length", kMaximumWidth);
  config.depth = reader.count("block_count", kMaximumDepth);
  config.heads = reader.count("attention.head_count", kMaximumHeads);
  config.kv_heads = reader.count_or("attention.head_count_kv", kMaximumHeads, config.heads);
  config.head_width =
      reader.count_or("attention.key_length", kMaximumWidth, config.width / config.heads);
  reader.require("attention.value_length", config.head_width);
  reader.require("rope.dimension_count", config.head_width);
  config.hidden = reader.count("feed_forward_length", kMaximumWidth);
  config.context = reader.count("context_length", kMaximumContext);
  config.rotary_base = reader.positive("rope.freq_base");
  config.norm_epsilon = reader.positive("attention.layer_norm_rms_epsilon");
  return config;
}

// Ours (Hugging Face's) and GGUF's names, without the block's index and without ".weight".
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kGguf{{
    {"embed_tokens", "token_embd"},
    {"input_layernorm", "attn_norm"},
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"post_attention_layernorm", "ffn_norm"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"norm", "output_norm"},
}};
constexpr std::array<std::string_view, 2> kPrefixes{"model.", ""};
constexpr std::array<std::string_view, 3> kUnused{"lm_head.weight", "output.weight", "inv_freq"};
constexpr TensorNames kNames{kPrefixes, "layers.", kGguf, kUnused};

//                                   vocabulary width depth heads kv  head hidden context base eps
constexpr std::array<LlamaSize, 4> kSizes{{
    {"tiny", {96, 32, 3, 4, 2, 16, 48, 64, 1e3, 1e-5}},
    {"smollm2-135m", {49152, 576, 30, 9, 3, 64, 1536, 8192, 1e5, 1e-5}},
    {"llama-2-7b", {32000, 4096, 32, 32, 32, 128, 11008, 4096, 1e4, 1e-5}},
    {"llama-3-8b", {128256, 4096, 32, 32, 8, 128, 14336, 8192, 5e5, 1e-5}},
}};

}  // namespace

LlamaConfig read_llama_config(const ConfigReader& reader) {
  const LlamaConfig config =
      reader.naming() == Naming::gguf ? from_gguf(reader) : from_hugging_face(reader);
  if (config.heads % config.kv_heads != 0 || config.head_width % 2 != 0 || config.head_width < 2)
    throw FileError(fmt::format("{}: {} heads of width {} cannot share {} key heads",
                                reader.path().string(), config.heads, config.head_width,
                                config.kv_heads));
  return config;
}

LanguageModelShape shape_of(const LlamaConfig& config) {
  return {.family = "llama",
          .vocabulary = config.vocabulary,
          .width = config.width,
          .depth = config.depth,
          .context = config.context,
          .parameters = parameter_count(expected_tensors(config)),
          .causal = true};
}

std::vector<ExpectedTensor> expected_tensors(const LlamaConfig& c) {
  const std::int64_t query = c.heads * c.head_width, key = c.kv_heads * c.head_width;
  std::vector<ExpectedTensor> all{{"embed_tokens.weight", {c.vocabulary, c.width}}};
  for (std::int64_t i = 0; i < c.depth; ++i) {
    const auto add = [&](std::string_view name, std::vector<std::int64_t> shape) {
      all.push_back({fmt::format("layers.{}.{}.weight", i, name), std::move(shape)});
    };
    add("input_layernorm", {c.width});
    add("self_attn.q_proj", {query, c.width});
    add("self_attn.k_proj", {key, c.width});
    add("self_attn.v_proj", {key, c.width});
    add("self_attn.o_proj", {c.width, query});
    add("post_attention_layernorm", {c.width});
    add("mlp.gate_proj", {c.hidden, c.width});
    add("mlp.up_proj", {c.hidden, c.width});
    add("mlp.down_proj", {c.width, c.hidden});
  }
  all.push_back({"norm.weight", {c.width}});
  return all;
}

const TensorNames& llama_tensor_names() { return kNames; }

std::span<const LlamaSize> llama_sizes() { return kSizes; }

}  // namespace lidit
