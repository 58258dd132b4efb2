// What folders and files of models may hold besides the usual, and what they are told when they do
// not fit together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encoders/encoder_facts.h"
#include "encoders/feature_file.h"
#include "encoders/model_files.h"
#include "encoders/open_encoder.h"
#include "results/errors.h"
#include "tests/encoders/llm/golden_states.h"
#include "tests/encoders/llm/letter_encoder.h"
#include "tests/support/file_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/tiny_model.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_support::all_layers;
using testing_support::golden;
using testing_support::prompts_of;
using testing_support::worst_error;

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  TORCH_CHECK(at != text.npos, "no ", from, " in ", text);
  return text.replace(at, from.size(), to);
}

TEST(ModelFolder, MayNameItsTokenizerAsT5Does) {
  const TemporaryFolder home;
  const fs::path folder = copy_tiny_model(home, "tiny-t5");
  EXPECT_THAT(file_error_of([&] { find_model(folder.string(), home.path()); }),
              HasSubstr("tokenizer.json (or tokenizer.model, spiece.model)"));
  home.write("tiny-t5/spiece.model",
             read_bytes(fs::path(LIDIT_GOLDEN_DIR) / "tokenizers" / "unigram.model"));
  EXPECT_EQ(find_model(folder.string(), home.path()).tokenizer, folder / "spiece.model");
}

TEST(ModelFolder, WithATokenizerOfMoreTokensThanTheModelKnowsIsRefused) {
  const TemporaryFolder home;
  const fs::path folder = copy_tiny_model(home, "tiny-llama");
  home.write("tiny-llama/tokenizer.json",
             read_bytes(fs::path(LIDIT_GOLDEN_DIR) / "tokenizers" / "llama3.json"));
  EXPECT_THAT(file_error_of(
                  [&] { open_prompt_encoder({.model = folder.string()}, home.path(), at::kCPU); }),
              HasSubstr("has 421 tokens, but the model " + folder.string() + " knows 96"));
}

TEST(ModelFolder, OfBertWithHeadsOfOddWidthIsRefused) {
  const TemporaryFolder folder;
  const std::string config = read_bytes(golden("tiny-bert") / "config.json");
  const auto error = [&](const std::string& heads) {
    const fs::path path = folder.write("config.json", with(config, "\"num_attention_heads\": 4",
                                                           "\"num_attention_heads\": " + heads));
    const ConfigReader reader = ConfigReader::from_json_file(path);
    return file_error_of([&] { find_family(reader).shape(reader); });
  };
  EXPECT_EQ(error("16"), "(no error)");
  EXPECT_THAT(error("32"), HasSubstr("32 heads do not divide a width of 32 evenly"));
  EXPECT_THAT(error("5"), HasSubstr("5 heads do not divide a width of 32 evenly"));
}

/// The tiny CLIP with one token a character, "~" as its end token, or without one.
fs::path write_tiny_clip(const TemporaryFolder& folder, bool has_end_token) {
  const fs::path model = copy_tiny_model(folder, "tiny-clip");
  folder.write("tiny-clip/tokenizer_config.json", R"({"bos_token": "<s>"})");
  folder.write("tiny-clip/tokenizer.json",
               has_end_token ? with(ascii_tokenizer(), R"("post_processor": null)",
                                    R"("post_processor": {"type": "RobertaProcessing",
                                       "sep": ["~", 95], "cls": ["<s>", 0]})")
                             : ascii_tokenizer());
  return model;
}

TEST(ClipFolder, EndsEveryPromptWithTheTokenAtWhichItPools) {
  const TemporaryFolder home;
  const fs::path folder = write_tiny_clip(home, true);
  const EncoderSettings settings{.model = folder.string(), .layer = -1, .dtype = at::kFloat};
  const auto prompts = prompts_of({"a cat", "", "two"});
  const FeatureFile file =
      open_prompt_encoder(settings, home.path(), at::kCPU)->encode_to_file(prompts);
  const EncoderFeatures& features = file.features;
  EXPECT_TRUE(features.pools_last_row);
  EXPECT_TRUE(encoder_hashes(settings.model, home.path()).contains("end_token"));
  EXPECT_TRUE(at::equal(features.offsets, at::tensor({0, 6, 7, 11}, at::kLong)));
  EXPECT_TRUE(at::equal(features.caption_begin, at::zeros({3}, at::kLong)));
  EXPECT_TRUE(at::equal(file.prefix_token_ids, at::tensor({0}, at::kLong)));
  const std::int64_t bytes[] = {5, 0, 3};
  const auto files = find_model(folder.string(), home.path());
  const ConfigReader config = read_config(files);
  const auto model = find_family(config).load(config, open_weights(files), at::kFloat, at::kCPU);
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto begin = features.offsets[i].item<std::int64_t>(),
               end = features.offsets[i + 1].item<std::int64_t>();
    EXPECT_EQ(file.token_ids[end - 1].item<std::int64_t>(), 95);
    EXPECT_TRUE(at::equal(features.spans[end - 1], at::tensor({bytes[i], bytes[i]}, at::kLong)));
    const Tensor ids = at::cat({file.prefix_token_ids, file.token_ids.slice(0, begin, end)});
    const Tensor whole = model->encode_packed({ids, at::tensor({std::int64_t{0}, ids.numel()})},
                                              all_layers(model->shape()));
    EXPECT_LT(worst_error(features.layers[0][end - 1], whole[-1][-1]), 2e-5);
  }
}

TEST(ClipFolder, IsPooledAtTheEndTokenOutOfTheStoreAndOutOfAFileToo) {
  const TemporaryFolder home;
  const EncoderSettings settings{.model = write_tiny_clip(home, true).string(), .layer = -1};
  const auto prompts = prompts_of({"a cat", "two"});
  const auto source = open_encoder(settings, home.path(), at::kCPU);
  EXPECT_TRUE(source->encode(prompts).front().pools_last_row);
  const FrozenFeatures stored = source->encode(prompts);
  EXPECT_TRUE(stored.front().pools_last_row);
  EXPECT_TRUE(select_prompts(stored, at::tensor({1}, at::kLong)).front().pools_last_row);
  const fs::path path = home.path() / "features.safetensors";
  write_feature_file(path,
                     open_prompt_encoder(settings, home.path(), at::kCPU)->encode_to_file(prompts));
  EXPECT_TRUE(open_feature_file(path).tensors.features.pools_last_row);
  const auto other =
      open_encoder({.model = write_tiny_llama(home).string()}, home.path(), at::kCPU);
  EXPECT_FALSE(other->encode(prompts).front().pools_last_row);
}

TEST(ClipFolder, WithoutAnEndTokenInItsTokenizerIsRefused) {
  const TemporaryFolder home;
  const fs::path folder = write_tiny_clip(home, false);
  EXPECT_THAT(file_error_of(
                  [&] { open_prompt_encoder({.model = folder.string()}, home.path(), at::kCPU); }),
              HasSubstr("the tokenizer puts no end token behind a text"));
}

constexpr std::pair<std::string_view, std::string_view> kT5InGguf[] = {
    {"shared", "token_embd"},
    {"encoder.final_layer_norm", "enc.output_norm"},
    {"layer.0.layer_norm", "attn_norm"},
    {"layer.0.SelfAttention.q", "attn_q"},
    {"layer.0.SelfAttention.k", "attn_k"},
    {"layer.0.SelfAttention.v", "attn_v"},
    {"layer.0.SelfAttention.o", "attn_o"},
    {"layer.0.SelfAttention.relative_attention_bias", "attn_rel_b"},
    {"layer.1.layer_norm", "ffn_norm"},
    {"layer.1.DenseReluDense.wi_0", "ffn_gate"},
    {"layer.1.DenseReluDense.wi_1", "ffn_up"},
    {"layer.1.DenseReluDense.wo", "ffn_down"}};

/// As llama.cpp's conversion calls a tensor of T5's encoder.
std::string gguf_name_of(std::string_view name) {
  constexpr std::string_view kBlock = "encoder.block.", kEnd = ".weight";
  std::string block;
  std::string_view stem = name.substr(0, name.size() - kEnd.size());
  if (stem.starts_with(kBlock)) {
    stem.remove_prefix(kBlock.size());
    block = "enc.blk." + std::string(stem.substr(0, stem.find('.') + 1));
    stem.remove_prefix(stem.find('.') + 1);
  }
  for (const auto& [ours, gguf] : kT5InGguf)
    if (stem == ours) return block + std::string(gguf) + std::string(kEnd);
  TORCH_CHECK(false, "no tensor of T5: ", std::string(name));
}

/// The F32 weights of a tiny T5 or umT5 as GGUF, which calls both t5encoder.
std::string t5_as_gguf(const WeightFile& weights) {
  constexpr std::size_t kAlignment = 32;
  GgufBuilder file(weights.tensors().size(), 9);
  file.value("general.architecture", "t5encoder");
  for (const auto& [key, value] : std::initializer_list<std::pair<const char*, std::uint32_t>>{
           {"vocab_size", 96},
           {"embedding_length", 24},
           {"block_count", 3},
           {"attention.head_count", 4},
           {"attention.key_length", 6},
           {"feed_forward_length", 40},
           {"attention.relative_buckets_count", 8}})
    file.value(std::string("t5encoder.") + key, value);
  file.key("t5encoder.attention.layer_norm_rms_epsilon", 6).number(1e-6f);
  std::uint64_t offset = 0;
  for (const TensorView& tensor : weights.tensors()) {
    file.tensor(gguf_name_of(tensor.name), {tensor.shape.rbegin(), tensor.shape.rend()}, 0, offset);
    offset += (tensor.data.size() + kAlignment - 1) / kAlignment * kAlignment;
  }
  for (const TensorView& tensor : weights.tensors())
    file.pad(kAlignment)
        .text({reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size()});
  return file.pad(kAlignment).str();
}

TEST(T5Gguf, IsReadAsUmT5WhereEveryBlockHasABiasOfItsOwn) {
  for (const std::string name : {"tiny-t5", "tiny-umt5"}) {
    const auto weights = WeightFile::open(golden(name) / "model.safetensors");
    const TemporaryFolder folder;
    const fs::path gguf = folder.write("model.gguf", t5_as_gguf(*weights));
    const auto load = [](const ConfigReader& config,
                         const std::shared_ptr<const WeightFile>& file) {
      return find_family(config).load(config, {file}, at::kFloat, at::kCPU);
    };
    const auto file = WeightFile::open(gguf);
    const auto from_gguf = load(ConfigReader::from_gguf(file->metadata(), gguf), file);
    EXPECT_EQ(from_gguf->shape().family, name.substr(5));
    // GGUF does not say the largest distance: it is 128.
    const fs::path config =
        folder.write("config.json", with(read_bytes(golden(name) / "config.json"),
                                         "\"relative_attention_max_distance\": 20",
                                         "\"relative_attention_max_distance\": 128"));
    const auto from_folder = load(ConfigReader::from_json_file(config), weights);
    const Tensor ids = at::arange(40, at::kLong), offsets = at::tensor({0, 40}, at::kLong);
    const auto layers = all_layers(from_folder->shape());
    EXPECT_LT(worst_error(from_gguf->encode_packed({ids, offsets}, layers),
                          from_folder->encode_packed({ids, offsets}, layers)),
              1e-6)
        << name;
  }
}

}  // namespace
}  // namespace lidit
