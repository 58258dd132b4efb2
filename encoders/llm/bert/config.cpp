#include "encoders/llm/bert/config.h"

#include <fmt/format.h>

#include <array>

#include "encoders/llm/limits.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::array<std::string_view, 2> kBertPrefixes{"", "bert."};
constexpr std::array<std::string_view, 4> kBertUnused{"pooler.dense.weight", "pooler.dense.bias",
                                                      "embeddings.position_ids", "cls."};
constexpr TensorNames kBertNames{kBertPrefixes, "encoder.layer.", {}, {}, kBertUnused};

//                            vocabulary width depth heads hidden context types eps
constexpr std::array<BertSize, 3> kBertSizes{{
    {"tiny", {96, 32, 3, 4, 64, 64, 2, 1e-12}},
    {"minilm-l6", {30522, 384, 6, 12, 1536, 512, 2, 1e-12}},
    {"bert-base", {30522, 768, 12, 12, 3072, 512, 2, 1e-12}},
}};

}  // namespace

BertConfig read_bert_config(const ConfigReader& reader) {
  if (reader.naming() == Naming::gguf)
    throw FileError(fmt::format("{}: BERT is read from a Hugging Face folder, not from GGUF",
                                reader.path().string()));
  reader.require("hidden_act", std::string("gelu"));
  reader.require("position_embedding_type", std::string("absolute"));
  reader.require("is_decoder", false);
  BertConfig config{};
  config.vocabulary = reader.count("vocab_size", kMaximumVocabulary);
  config.width = reader.count("hidden_size", kMaximumWidth);
  config.depth = reader.count("num_hidden_layers", kMaximumDepth);
  config.heads = reader.count("num_attention_heads", kMaximumHeads);
  config.hidden = reader.count("intermediate_size", kMaximumWidth);
  config.context = reader.count("max_position_embeddings", kMaximumContext);
  config.types = reader.count_or("type_vocab_size", kMaximumVocabulary, 2);
  config.norm_epsilon = reader.positive("layer_norm_eps");
  if (config.width % config.heads != 0 || config.width / config.heads % 2 != 0)
    throw FileError(fmt::format("{}: {} heads do not divide a width of {} evenly",
                                reader.path().string(), config.heads, config.width));
  return config;
}

LanguageModelShape shape_of(const BertConfig& config) {
  return {.family = "bert",
          .vocabulary = config.vocabulary,
          .width = config.width,
          .depth = config.depth,
          .context = config.context,
          .parameters = parameter_count(expected_tensors(config)),
          .causal = false};
}

std::vector<ExpectedTensor> expected_tensors(const BertConfig& c) {
  std::vector<ExpectedTensor> all{
      {"embeddings.word_embeddings.weight", {c.vocabulary, c.width}},
      {"embeddings.position_embeddings.weight", {c.context, c.width}},
      {"embeddings.token_type_embeddings.weight", {c.types, c.width}},
      {"embeddings.LayerNorm.weight", {c.width}},
      {"embeddings.LayerNorm.bias", {c.width}},
  };
  for (std::int64_t i = 0; i < c.depth; ++i) {
    const auto add = [&](std::string_view name, std::vector<std::int64_t> weight) {
      const std::int64_t out = weight.front();
      all.push_back({fmt::format("encoder.layer.{}.{}.weight", i, name), std::move(weight)});
      all.push_back({fmt::format("encoder.layer.{}.{}.bias", i, name), {out}});
    };
    for (const auto part : {"query", "key", "value"})
      add(fmt::format("attention.self.{}", part), {c.width, c.width});
    add("attention.output.dense", {c.width, c.width});
    add("attention.output.LayerNorm", {c.width});
    add("intermediate.dense", {c.hidden, c.width});
    add("output.dense", {c.width, c.hidden});
    add("output.LayerNorm", {c.width});
  }
  return all;
}

const TensorNames& tensor_names(const BertConfig&) { return kBertNames; }

std::span<const BertSize> bert_sizes() { return kBertSizes; }

}  // namespace lidit
