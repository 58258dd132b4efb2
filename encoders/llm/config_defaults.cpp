#include "encoders/llm/config_defaults.h"

#include <nlohmann/json.hpp>
#include <string_view>

namespace lidit {
namespace {

struct Defaults {
  std::string_view model_type, sizes, options;
};

// The values of transformers' configuration classes.
constexpr Defaults kDefaults[] = {
    {"llama", R"({"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
      "num_hidden_layers": 32, "num_attention_heads": 32, "max_position_embeddings": 2048,
      "rms_norm_eps": 1e-6})",
     "{}"},
    {"mistral", R"({"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336,
      "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
      "max_position_embeddings": 131072, "rms_norm_eps": 1e-6})",
     R"({"sliding_window": 4096})"},
    {"qwen2", R"({"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
      "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
      "max_position_embeddings": 32768, "rms_norm_eps": 1e-6, "max_window_layers": 28})",
     "{}"},
    {"gemma2", R"({"vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216,
      "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
      "head_dim": 256, "max_position_embeddings": 8192, "rms_norm_eps": 1e-6,
      "query_pre_attn_scalar": 256})",
     R"({"sliding_window": 4096, "attn_logit_softcapping": 50.0})"},
    {"gemma3_text", R"({"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216,
      "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
      "head_dim": 256, "max_position_embeddings": 131072, "rms_norm_eps": 1e-6,
      "query_pre_attn_scalar": 256})",
     R"({"sliding_window": 4096})"},
    {"clip_text_model", R"({"vocab_size": 49408, "hidden_size": 512, "intermediate_size": 2048,
      "num_hidden_layers": 12, "num_attention_heads": 8, "max_position_embeddings": 77,
      "layer_norm_eps": 1e-5})",
     "{}"},
};

void complete(nlohmann::json& settings, std::string_view defaults) {
  const nlohmann::json known = nlohmann::json::parse(defaults);
  for (const auto& [key, value] : known.items())
    if (!settings.contains(key)) settings[key] = value;
}

}  // namespace

nlohmann::json with_defaults(const nlohmann::json& settings, bool sizes) {
  nlohmann::json all = settings;
  const auto type = settings.find("model_type");
  for (const Defaults& defaults : kDefaults) {
    if (type == settings.end() || *type != defaults.model_type) continue;
    complete(all, defaults.options);
    if (sizes) complete(all, defaults.sizes);
  }
  return all;
}

}  // namespace lidit
