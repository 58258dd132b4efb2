#include "encoders/llm/clip/config.h"

#include <fmt/format.h>

#include <array>

#include "encoders/llm/limits.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::array<std::string_view, 2> kClipPrefixes{"text_model.", ""};
constexpr std::array<std::string_view, 5> kClipUnused{"text_projection.weight", "logit_scale",
                                                      "position_ids", "vision_model.",
                                                      "visual_projection.weight"};
constexpr TensorNames kClipNames{kClipPrefixes, "encoder.layers.", {}, {}, kClipUnused};

//                          vocabulary width depth heads hidden context eps quick
constexpr std::array<ClipSize, 4> kClipSizes{{
    {"tiny", {96, 24, 3, 4, 40, 64, 1e-5, true}},
    {"clip-vit-b-32", {49408, 512, 12, 8, 2048, 77, 1e-5, true}},
    {"clip-vit-l-14", {49408, 768, 12, 12, 3072, 77, 1e-5, true}},
    {"clip-vit-bigg-14", {49408, 1280, 32, 20, 5120, 77, 1e-5, false}},
}};

}  // namespace

void append_affine(std::string_view name, std::vector<std::int64_t> weight,
                   std::vector<ExpectedTensor>& all) {
  const std::int64_t out = weight.front();
  all.push_back({fmt::format("{}.weight", name), std::move(weight)});
  all.push_back({fmt::format("{}.bias", name), {out}});
}

void append_clip_blocks(const ClipBlockOptions& options, std::int64_t depth,
                        std::vector<ExpectedTensor>& all) {
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::string block = fmt::format("encoder.layers.{}.", i);
    append_affine(block + "layer_norm1", {options.width}, all);
    for (const auto part : {"q_proj", "k_proj", "v_proj", "out_proj"})
      append_affine(fmt::format("{}self_attn.{}", block, part), {options.width, options.width},
                    all);
    append_affine(block + "layer_norm2", {options.width}, all);
    append_affine(block + "mlp.fc1", {options.hidden, options.width}, all);
    append_affine(block + "mlp.fc2", {options.width, options.hidden}, all);
  }
}

bool read_quick_gelu(const ConfigReader& reader) {
  const std::string activation = reader.text_or("hidden_act", "quick_gelu");
  if (activation != "quick_gelu" && activation != "gelu")
    throw FileError(fmt::format(
        "{}: 'hidden_act' is \"{}\", and only \"quick_gelu\" and \"gelu\" are supported here",
        reader.path().string(), activation));
  return activation == "quick_gelu";
}

ClipConfig read_clip_config(const ConfigReader& reader) {
  ClipConfig config{};
  config.vocabulary = reader.count("vocab_size", kMaximumVocabulary);
  config.width = reader.count("hidden_size", kMaximumWidth);
  config.depth = reader.count("num_hidden_layers", kMaximumDepth);
  config.heads = reader.count("num_attention_heads", kMaximumHeads);
  config.hidden = reader.count("intermediate_size", kMaximumWidth);
  config.context = reader.count("max_position_embeddings", kMaximumContext);
  config.norm_epsilon = reader.positive("layer_norm_eps");
  config.quick_gelu = read_quick_gelu(reader);
  if (config.width % config.heads != 0 || config.width / config.heads % 2 != 0)
    throw FileError(fmt::format("{}: {} heads do not divide a width of {} evenly",
                                reader.path().string(), config.heads, config.width));
  return config;
}

LanguageModelShape shape_of(const ClipConfig& config) {
  return {.family = "clip",
          .vocabulary = config.vocabulary,
          .width = config.width,
          .depth = config.depth,
          .context = config.context,
          .parameters = parameter_count(expected_tensors(config)),
          .causal = true,
          .pools_end_token = true};
}

ClipBlockOptions block_options(const ClipConfig& c) {
  return {.width = c.width,
          .heads = c.heads,
          .hidden = c.hidden,
          .norm_epsilon = c.norm_epsilon,
          .quick_gelu = c.quick_gelu,
          .causal = true};
}

std::vector<ExpectedTensor> expected_tensors(const ClipConfig& c) {
  std::vector<ExpectedTensor> all{
      {"embeddings.token_embedding.weight", {c.vocabulary, c.width}},
      {"embeddings.position_embedding.weight", {c.context, c.width}},
  };
  append_clip_blocks(block_options(c), c.depth, all);
  append_affine("final_layer_norm", {c.width}, all);
  return all;
}

const TensorNames& tensor_names(const ClipConfig&) { return kClipNames; }

std::span<const ClipSize> clip_sizes() { return kClipSizes; }

}  // namespace lidit
