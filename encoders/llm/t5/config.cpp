#include "encoders/llm/t5/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "encoders/llm/limits.h"
#include "results/errors.h"

namespace lidit {
namespace {

// T5 has no table of positions that would end, but was trained on prompts of this length.
constexpr std::int64_t kTrainedContext = 512;
constexpr std::int64_t kMaximumBuckets = 1 << 16;

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kT5Gguf{{
    {"shared", "token_embd"},
    {"layer.0.layer_norm", "attn_norm"},
    {"layer.0.SelfAttention.q", "attn_q"},
    {"layer.0.SelfAttention.k", "attn_k"},
    {"layer.0.SelfAttention.v", "attn_v"},
    {"layer.0.SelfAttention.o", "attn_o"},
    {"layer.0.SelfAttention.relative_attention_bias", "attn_rel_b"},
    {"layer.1.layer_norm", "ffn_norm"},
    {"layer.1.DenseReluDense.wi_0", "ffn_gate"},
    {"layer.1.DenseReluDense.wi_1", "ffn_up"},
    {"layer.1.DenseReluDense.wo", "ffn_down"},
    {"encoder.final_layer_norm", "enc.output_norm"},
}};
constexpr std::array<std::string_view, 2> kT5Prefixes{"", "text_encoder."};
constexpr std::array<std::string_view, 5> kT5Unused{"encoder.embed_tokens.weight", "decoder.",
                                                    "lm_head.weight", "dec.", "output.weight"};
constexpr TensorNames kT5Names{kT5Prefixes, "encoder.block.", "enc.blk.", kT5Gguf, kT5Unused};

//                  vocabulary width depth heads head hidden context buckets farthest eps per block
constexpr std::array<T5Size, 7> kT5Sizes{{
    {"tiny-t5", {96, 24, 3, 4, 6, 40, 512, 8, 20, 1e-6, false}},
    {"tiny-umt5", {96, 24, 3, 4, 6, 40, 512, 8, 20, 1e-6, true}},
    {"t5-v1.1-small", {32128, 512, 8, 6, 64, 1024, 512, 32, 128, 1e-6, false}},
    {"t5-v1.1-base", {32128, 768, 12, 12, 64, 2048, 512, 32, 128, 1e-6, false}},
    {"t5-v1.1-xl", {32128, 2048, 24, 32, 64, 5120, 512, 32, 128, 1e-6, false}},
    {"t5-v1.1-xxl", {32128, 4096, 24, 64, 64, 10240, 512, 32, 128, 1e-6, false}},
    {"umt5-xxl", {256384, 4096, 24, 64, 64, 10240, 512, 32, 128, 1e-6, true}},
}};

T5Config from_hugging_face(const ConfigReader& reader) {
  reader.require("feed_forward_proj", std::string("gated-gelu"));
  reader.require("is_gated_act", true);
  T5Config config{};
  config.vocabulary = reader.count("vocab_size", kMaximumVocabulary);
  config.width = reader.count("d_model", kMaximumWidth);
  config.depth = reader.count("num_layers", kMaximumDepth);
  config.heads = reader.count("num_heads", kMaximumHeads);
  config.head_width = reader.count("d_kv", kMaximumWidth);
  config.hidden = reader.count("d_ff", kMaximumWidth);
  config.context = reader.count_or("n_positions", kMaximumContext, kTrainedContext);
  config.buckets = reader.count_or("relative_attention_num_buckets", kMaximumBuckets, 32);
  config.farthest = reader.count_or("relative_attention_max_distance", kMaximumContext, 128);
  config.norm_epsilon = reader.positive("layer_norm_epsilon");
  return config;
}

T5Config from_gguf(const ConfigReader& reader) {
  T5Config config{};
  config.vocabulary = reader.count("vocab_size", kMaximumVocabulary);
  config.width = reader.count("embedding_length", kMaximumWidth);
  config.depth = reader.count("block_count", kMaximumDepth);
  config.heads = reader.count("attention.head_count", kMaximumHeads);
  config.head_width = reader.count("attention.key_length", kMaximumWidth);
  config.hidden = reader.count("feed_forward_length", kMaximumWidth);
  config.context = reader.count_or("context_length", kMaximumContext, kTrainedContext);
  config.buckets = reader.count("attention.relative_buckets_count", kMaximumBuckets);
  config.farthest = 128;  // GGUF does not say it: llama.cpp computes with this
  config.norm_epsilon = reader.positive("attention.layer_norm_rms_epsilon");
  return config;
}

}  // namespace

T5Config read_t5_config(const ConfigReader& reader) {
  const T5Config config =
      reader.naming() == Naming::gguf ? from_gguf(reader) : from_hugging_face(reader);
  // Half of the buckets are for keys before the query, and half of those for one distance each.
  if (config.buckets % 4 != 0 || config.farthest <= config.buckets / 4 ||
      config.head_width % 2 != 0)
    throw FileError(fmt::format(
        "{}: {} buckets up to distance {} and heads of width {} are no relative attention",
        reader.path().string(), config.buckets, config.farthest, config.head_width));
  return config;
}

T5Config read_umt5_config(const ConfigReader& reader) {
  T5Config config = read_t5_config(reader);
  config.bias_in_every_block = true;
  return config;
}

bool has_bias_in_every_block(const std::vector<std::shared_ptr<const WeightFile>>& files) {
  return std::ranges::any_of(
      files, [](const auto& file) { return file->find("enc.blk.1.attn_rel_b.weight") != nullptr; });
}

LanguageModelShape shape_of(const T5Config& config) {
  return {.family = config.bias_in_every_block ? "umt5" : "t5",
          .vocabulary = config.vocabulary,
          .width = config.width,
          .depth = config.depth,
          .context = config.context,
          .parameters = parameter_count(expected_tensors(config)),
          .causal = false};
}

std::vector<ExpectedTensor> expected_tensors(const T5Config& c) {
  const std::int64_t inner = c.heads * c.head_width;
  std::vector<ExpectedTensor> all{{"shared.weight", {c.vocabulary, c.width}}};
  for (std::int64_t i = 0; i < c.depth; ++i) {
    const auto add = [&](std::string_view name, std::vector<std::int64_t> shape) {
      all.push_back({fmt::format("encoder.block.{}.layer.{}.weight", i, name), std::move(shape)});
    };
    add("0.layer_norm", {c.width});
    for (const auto part : {"q", "k", "v"})
      add(fmt::format("0.SelfAttention.{}", part), {inner, c.width});
    add("0.SelfAttention.o", {c.width, inner});
    if (i == 0 || c.bias_in_every_block)
      add("0.SelfAttention.relative_attention_bias", {c.buckets, c.heads});
    add("1.layer_norm", {c.width});
    add("1.DenseReluDense.wi_0", {c.hidden, c.width});
    add("1.DenseReluDense.wi_1", {c.hidden, c.width});
    add("1.DenseReluDense.wo", {c.width, c.hidden});
  }
  all.push_back({"encoder.final_layer_norm.weight", {c.width}});
  return all;
}

const TensorNames& tensor_names(const T5Config&) { return kT5Names; }

std::span<const T5Size> t5_sizes() { return kT5Sizes; }

}  // namespace lidit
