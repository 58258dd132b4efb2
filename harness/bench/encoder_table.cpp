#include "harness/bench/encoder_table.h"

#include <algorithm>

#include "encoders/llm/bert/model.h"
#include "encoders/llm/clip/model.h"
#include "encoders/llm/decoder/model.h"
#include "encoders/llm/t5/model.h"
#include "harness/bench/tiled_weights.h"
#include "results/names.h"

namespace lidit {
namespace {

constexpr std::int64_t kSmallVocabulary = 4096;  // where only a few blocks stand for the model
constexpr std::int64_t kCausalBlocksUnread = 2;  // above the third-to-last state

using throughput::EncoderShape;

std::int64_t blocks_read(const LanguageModelShape& shape) {
  return shape.causal ? std::max<std::int64_t>(1, shape.depth - kCausalBlocksUnread) : shape.depth;
}

EncoderShape counted(const DecoderConfig& c) {
  return {.blocks = blocks_read(shape_of(c)),
          .width = c.width,
          .heads = c.heads,
          .key_heads = c.kv_heads,
          .head_width = c.head_width,
          .hidden = c.hidden};
}

EncoderShape counted(const T5Config& c) {
  return {.blocks = c.depth,
          .width = c.width,
          .heads = c.heads,
          .key_heads = c.heads,
          .head_width = c.head_width,
          .hidden = c.hidden,
          .causal = false};
}

EncoderShape ungated(const LanguageModelShape& shape, std::int64_t heads, std::int64_t hidden) {
  return {.blocks = blocks_read(shape),
          .width = shape.width,
          .heads = heads,
          .key_heads = heads,
          .head_width = shape.width / heads,
          .hidden = hidden,
          .gated = false,
          .causal = shape.causal};
}

EncoderShape counted(const ClipConfig& c) { return ungated(shape_of(c), c.heads, c.hidden); }
EncoderShape counted(const BertConfig& c) { return ungated(shape_of(c), c.heads, c.hidden); }

template <class Config>
Config with_blocks(Config config, std::int64_t blocks) {
  if (blocks >= config.depth) return config;
  config.depth = blocks;
  config.vocabulary = std::min(config.vocabulary, kSmallVocabulary);
  if constexpr (std::is_same_v<Config, DecoderConfig>)
    if (config.options.sliding)
      config.options.sliding->here.resize(static_cast<std::size_t>(blocks));
  return config;
}

template <class Model, class Sizes>
void append_sizes(std::vector<BenchEncoder>& all, const Sizes& sizes) {
  for (const auto& [name, config] : sizes)
    all.push_back(
        {.name = name,
         .shape = shape_of(config),
         .counted = counted(config),
         .make = [config = config](std::int64_t blocks, at::ScalarType dtype, c10::Device device) {
           const auto part = with_blocks(config, blocks);
           return std::make_shared<const Model>(part, TiledWeights(expected_tensors(part)), dtype,
                                                device);
         }});
}

}  // namespace

std::vector<BenchEncoder> bench_encoders() {
  std::vector<BenchEncoder> all;
  append_sizes<Decoder>(all, decoder_sizes());
  append_sizes<T5>(all, t5_sizes());
  append_sizes<Clip>(all, clip_sizes().subspan(1));  // their tiny ones share a name
  append_sizes<Bert>(all, bert_sizes().subspan(1));
  return all;
}

BenchEncoder bench_encoder(std::string_view name) {
  return find_named("encoder size", name, bench_encoders());
}

std::vector<std::string> default_bench_encoders() {
  return {"smollm2-135m", "smollm2-360m", "qwen2-0.5b", "llama-3.2-1b",
          "smollm2-1.7b", "llama-3.2-3b", "llama-3-8b"};
}

}  // namespace lidit
