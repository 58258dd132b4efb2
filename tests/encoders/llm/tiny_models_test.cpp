// Parity with transformers on tiny random checkpoints: every block, every token.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "encoders/llm/bert/config.h"
#include "encoders/llm/clip/config.h"
#include "encoders/llm/decoder/config.h"
#include "encoders/llm/shared_beginnings.h"
#include "encoders/llm/t5/config.h"
#include "results/errors.h"
#include "tests/encoders/llm/golden_states.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::all_layers;
using testing_support::golden;
using testing_support::golden_tensor;
using testing_support::worst_error;

std::shared_ptr<const LanguageModel> load_folder(const std::filesystem::path& folder,
                                                 at::ScalarType dtype = at::kFloat) {
  const ConfigReader config = ConfigReader::from_json_file(folder / "config.json");
  return find_family(config).load(config, {WeightFile::open(folder / "model.safetensors")}, dtype,
                                  at::kCPU);
}

std::shared_ptr<const LanguageModel> load_gguf(const std::filesystem::path& path) {
  const auto file = WeightFile::open(path);
  const ConfigReader config = ConfigReader::from_gguf(file->metadata(), path);
  return find_family(config).load(config, {file}, at::kFloat, at::kCPU);
}

TokenBatch batch_of(const WeightFile& file) {
  return {golden_tensor(file, "ids"), golden_tensor(file, "offsets")};
}

double error_of_all_states(const LanguageModel& model, const std::string& states) {
  const auto file = WeightFile::open(golden(states));
  return worst_error(model.encode_packed(batch_of(*file), all_layers(model.shape())),
                     golden_tensor(*file, "states"));
}

TEST(TinyLlama, EqualsTransformersFromGgufWithItsPermutedRows) {
  EXPECT_LT(
      error_of_all_states(*load_gguf(golden("tiny-llama.gguf")), "tiny-llama/states.safetensors"),
      2e-5);
}

TEST(TinyLlama, EncodesASharedPrefixOnceAsIfItStoodBeforeEveryPrompt) {
  const auto model = load_folder(golden("tiny-llama"));
  const auto file = WeightFile::open(golden("tiny-llama/prefixed.safetensors"));
  const auto layers = all_layers(model->shape());
  const EncodedPrefix prefix = model->encode_prefix(golden_tensor(*file, "prefix_ids"), layers);
  EXPECT_LT(worst_error(prefix.layers, golden_tensor(*file, "prefix")), 2e-5);
  EXPECT_LT(worst_error(model->encode_packed(batch_of(*file), layers, prefix),
                        golden_tensor(*file, "states")),
            2e-5);
}

constexpr const char* kFamilies[] = {"tiny-llama", "tiny-llama3", "tiny-mistral", "tiny-qwen2",
                                     "tiny-qwen3", "tiny-gemma2", "tiny-gemma3",  "tiny-t5",
                                     "tiny-umt5",  "tiny-clip",   "tiny-bert"};

LanguageModelShape size_of(std::string_view name) {
  const auto found = std::ranges::find(decoder_sizes(), name, &DecoderSize::name);
  TORCH_CHECK(found != decoder_sizes().end(), "no size ", name);
  return shape_of(found->config);
}

class EveryFamily : public testing::TestWithParam<std::tuple<const char*, at::ScalarType>> {
 protected:
  const std::shared_ptr<const LanguageModel> model =
      load_folder(golden(std::get<0>(GetParam())), std::get<1>(GetParam()));
  const std::vector<std::int64_t> layers = all_layers(model->shape());
  const TokenBatch batch = batch_of(
      *WeightFile::open(golden(std::string(std::get<0>(GetParam())) + "/states.safetensors")));
};

TEST_P(EveryFamily, EqualsTransformersInEveryBlockAndToken) {
  const bool exact = std::get<1>(GetParam()) == at::kFloat;
  EXPECT_LT(
      error_of_all_states(*model, std::string(std::get<0>(GetParam())) + "/states.safetensors"),
      exact ? 2e-5 : 0.3);
}

TEST_P(EveryFamily, GivesAPromptTheSameBitsAloneAndPackedWithOthers) {
  const Tensor packed = model->encode_packed(batch, layers);
  for (std::int64_t i = 0; i + 1 < batch.offsets.numel(); ++i) {
    const auto begin = batch.offsets[i].item<std::int64_t>(),
               end = batch.offsets[i + 1].item<std::int64_t>();
    const TokenBatch alone{batch.ids.slice(0, begin, end),
                           at::tensor({std::int64_t{0}, end - begin})};
    EXPECT_TRUE(at::equal(model->encode_packed(alone, layers), packed.slice(1, begin, end)))
        << "prompt " << i;
  }
}

TEST_P(EveryFamily, KeepsTheSameStatesWhenItStopsEarly) {
  const Tensor all = model->encode_packed(batch, layers);
  const std::vector<std::int64_t> some{2, 0};
  const Tensor kept = model->encode_packed(batch, some);
  EXPECT_TRUE(at::equal(kept[0], all[2]));
  EXPECT_TRUE(at::equal(kept[1], all[0]));
}

TEST_P(EveryFamily, TakesAnEmptyBatchAndEmptyPrompts) {
  const TokenBatch nothing{at::empty({0}, at::kLong), at::zeros({1}, at::kLong)};
  EXPECT_EQ(model->encode_packed(nothing, layers).sizes(),
            (at::IntArrayRef{model->shape().depth + 1, 0, model->shape().width}));
  const TokenBatch empty{at::empty({0}, at::kLong), at::zeros({3}, at::kLong)};
  EXPECT_EQ(model->encode_packed(empty, layers).size(1), 0);
}

TEST_P(EveryFamily, RefusesIdsBeyondTheVocabularyAndPromptsBeyondTheContext) {
  const auto offsets = [](std::int64_t n) { return at::tensor({std::int64_t{0}, n}); };
  EXPECT_THROW(model->encode_packed({at::full({1}, 96, at::kLong), offsets(1)}, layers),
               c10::Error);
  EXPECT_THROW(model->encode_packed({at::full({1}, -1, at::kLong), offsets(1)}, layers),
               c10::Error);
  EXPECT_THROW(model->encode_packed({at::zeros({65}, at::kLong), offsets(65)}, layers), c10::Error);
  EXPECT_NO_THROW(model->encode_packed({at::zeros({64}, at::kLong), offsets(64)}, layers));
}

// For a causal model the forward influence ratio (P1) is 0 exactly.
TEST_P(EveryFamily, ALaterTokenChangesNoEarlierStateByABitIfTheModelIsCausal) {
  const Tensor offsets = at::tensor({0, 30}, at::kLong), ids = at::arange(30, at::kLong),
               changed = ids.clone();
  changed[20] = 77;
  const Tensor before = model->encode_packed({ids, offsets}, layers),
               after = model->encode_packed({changed, offsets}, layers);
  EXPECT_FALSE(at::equal(before.slice(1, 20, 21), after.slice(1, 20, 21)));
  if (model->shape().causal)
    EXPECT_TRUE(at::equal(before.slice(1, 0, 20), after.slice(1, 0, 20)));
  else
    EXPECT_GT(worst_error(before[-1].slice(0, 0, 20), after[-1].slice(0, 0, 20)), 1e-3);
}

// The same for the append drift (P6): more tokens behind a prompt leave its states alone.
TEST_P(EveryFamily, TokensAppendedToAPromptLeaveItsStatesAloneIfTheModelIsCausal) {
  const Tensor ids = at::arange(40, at::kLong);
  const Tensor whole = model->encode_packed({ids, at::tensor({0, 40}, at::kLong)}, layers);
  const Tensor part =
      model->encode_packed({ids.slice(0, 0, 13), at::tensor({0, 13}, at::kLong)}, layers);
  if (model->shape().causal)
    EXPECT_LT(worst_error(part, whole.slice(1, 0, 13)), 1e-5);
  else
    EXPECT_GT(worst_error(part[-1], whole[-1].slice(0, 0, 13)), 1e-3);
}

TEST_P(EveryFamily, EncodesASharedPrefixOnceAsIfItStoodBeforeEveryPromptIfTheModelIsCausal) {
  const Tensor prefix_ids = at::arange(50, 61, at::kLong);
  if (!model->shape().causal) {
    EXPECT_THROW(model->encode_prefix(prefix_ids, layers), c10::Error);
    return;
  }
  const EncodedPrefix prefix = model->encode_prefix(prefix_ids, layers);
  const Tensor packed = model->encode_packed(batch, layers, prefix);
  for (std::int64_t i = 0; i + 1 < batch.offsets.numel(); ++i) {
    const auto begin = batch.offsets[i].item<std::int64_t>(),
               end = batch.offsets[i + 1].item<std::int64_t>();
    const Tensor ids = at::cat({prefix_ids, batch.ids.slice(0, begin, end)});
    const Tensor whole =
        model->encode_packed({ids, at::tensor({std::int64_t{0}, ids.numel()})}, layers);
    EXPECT_LT(worst_error(packed.slice(1, begin, end), whole.slice(1, 11, ids.numel())),
              std::get<1>(GetParam()) == at::kFloat ? 2e-5 : 0.15);
  }
}

// Lengths around the groups of rows that products are padded to.
TEST_P(EveryFamily, GivesPromptsTheSameBitsWhenTheyShareTheirBeginningsIfTheModelIsCausal) {
  const std::vector<std::vector<std::int64_t>> prompts{
      {3, 4}, {3, 4, 5, 6, 7, 8, 9}, {3, 4, 5, 6, 7, 8, 9}, {3, 4, 5, 60, 61}, {70, 71}};
  std::vector<std::int64_t> ids, offsets{0};
  for (const auto& prompt : prompts) {
    ids.insert(ids.end(), prompt.begin(), prompt.end());
    offsets.push_back(std::ssize(ids));
  }
  const DistinctTokens tokens =
      distinct_tokens(ids, offsets, find_shared_beginnings(ids, offsets), 0, std::ssize(prompts));
  ASSERT_EQ(tokens.batch.ids.numel(), 11);
  if (!model->shape().causal) {
    EXPECT_THROW(model->encode_packed(tokens.batch, layers), c10::Error);
    return;
  }
  for (const EncodedPrefix& prefix :
       {EncodedPrefix{}, model->encode_prefix(at::arange(50, 61, at::kLong), layers)}) {
    const Tensor whole = model->encode_packed(
        {at::tensor(ids, at::kLong), at::tensor(offsets, at::kLong)}, layers, prefix);
    const Tensor computed = model->encode_packed(tokens.batch, layers, prefix);
    EXPECT_TRUE(
        at::equal(computed.index_select(1, tokens.rows), whole.index_select(1, tokens.places)))
        << prefix.length();
  }
}

INSTANTIATE_TEST_SUITE_P(Tiny, EveryFamily,
                         testing::Combine(testing::ValuesIn(kFamilies),
                                          testing::Values(at::kFloat, at::kBFloat16)),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param)).substr(5) +
                                  (std::get<1>(test.param) == at::kFloat ? "_f32" : "_bf16");
                         });

TEST(LayerIndex, CountsFromBothEndsAndRefusesOthersWithTheRange) {
  const LanguageModelShape shape = size_of("smollm2-135m");
  EXPECT_EQ(resolve_layer(0, shape), 0);
  EXPECT_EQ(resolve_layer(-1, shape), 30);
  EXPECT_EQ(resolve_layer(-3, shape), 28);
  EXPECT_EQ(resolve_layer(-31, shape), 0);
  EXPECT_THAT([&] { resolve_layer(31, shape); }, ThrowsMessage<UserError>(HasSubstr("0 (embedd")));
  EXPECT_THROW(resolve_layer(-32, shape), UserError);
}

// golden/llm/count_parameters.py: without output heads and poolers.
TEST(Sizes, HaveTheParameterCountsOfThePublishedModels) {
  const auto counts = nlohmann::json::parse(read_bytes(golden("parameter_counts.json")));
  std::size_t sizes = 0;
  const auto compare = [&](const auto& table) {
    for (const auto& [name, config] : table) {
      if (name.starts_with("tiny")) continue;
      const std::string key(name);
      ASSERT_TRUE(counts.contains(key)) << "count_parameters.py does not count " << key;
      EXPECT_EQ(shape_of(config).parameters, counts[key].template get<std::int64_t>()) << key;
      ++sizes;
    }
  };
  compare(decoder_sizes());
  compare(t5_sizes());
  compare(bert_sizes());
  compare(clip_sizes());
  EXPECT_EQ(sizes, counts.size());
}

TEST(Families, ThatAreUnknownAnswerWithThoseThereAre) {
  const ConfigReader config =
      ConfigReader::from_gguf({{"general.architecture", std::string("lama")}}, "m.gguf");
  EXPECT_THAT([&] { find_family(config); },
              ThrowsMessage<FileError>(testing::AllOf(HasSubstr("lama"), HasSubstr("llama"))));
}

class BrokenFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder);
    std::filesystem::copy(golden("tiny-llama"), folder);
    std::ifstream stream(folder / "config.json");
    config.assign(std::istreambuf_iterator<char>(stream), {});
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void write_with(const std::string& from, const std::string& to) {
    const auto at = config.find(from);
    ASSERT_NE(at, config.npos);
    std::ofstream(folder / "config.json") << std::string(config).replace(at, from.size(), to);
  }
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("lidit-broken-" + std::to_string(getpid()));
  std::string config;
};

TEST_F(BrokenFolder, NamesTensorsThatAreMissing) {
  write_with("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4");
  EXPECT_THAT([&] { load_folder(folder); },
              ThrowsMessage<FileError>(HasSubstr("9 missing: layers.3.input_layernorm.weight")));
}

TEST_F(BrokenFolder, NamesTensorsThatAreNotOfThisArchitecture) {
  write_with("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2");
  EXPECT_THAT([&] { load_folder(folder); },
              ThrowsMessage<FileError>(HasSubstr("9 unknown: layers.2.input_layernorm.weight")));
}

TEST_F(BrokenFolder, NamesTensorsOfAnotherShape) {
  write_with("\"vocab_size\": 96", "\"vocab_size\": 97");
  EXPECT_THAT([&] { load_folder(folder); },
              ThrowsMessage<FileError>(HasSubstr("1 misshaped: embed_tokens.weight is [96, 32]")));
}

TEST_F(BrokenFolder, RefusesClaimsThatNoModelMakes) {
  write_with("\"hidden_size\": 32", "\"hidden_size\": 4000000000");
  EXPECT_THAT([&] { load_folder(folder); }, ThrowsMessage<FileError>(HasSubstr("hidden_size")));
  write_with("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3");
  EXPECT_THAT([&] { load_folder(folder); }, ThrowsMessage<FileError>(HasSubstr("cannot share")));
  write_with("\"rope_theta\": 1000.0", "\"rope_theta\": -1");
  EXPECT_THAT([&] { load_folder(folder); }, ThrowsMessage<FileError>(HasSubstr("above 0")));
}

TEST_F(BrokenFolder, RefusesWhatTheFamilyDoesNotCompute) {
  write_with("\"hidden_act\": \"silu\"", "\"hidden_act\": \"gelu\"");
  EXPECT_THAT([&] { load_folder(folder); }, ThrowsMessage<FileError>(HasSubstr("only \"silu\"")));
  write_with("\"rope_type\": \"default\"", "\"rope_type\": \"yarn\"");
  EXPECT_THAT([&] { load_folder(folder); }, ThrowsMessage<FileError>(HasSubstr("rope_type")));
  write_with("\"rope_type\": \"default\"", "\"rope_type\": \"llama3\"");
  EXPECT_THAT([&] { load_folder(folder); }, ThrowsMessage<FileError>(HasSubstr("factor")));
}

TEST_F(BrokenFolder, SaysWhatIsNoConfig) {
  for (const char* text : {"", "[]", "{", "{\"model_type\": 3}", "{}"}) {
    std::ofstream(folder / "config.json") << text;
    EXPECT_THROW(load_folder(folder), FileError) << text;
  }
}

}  // namespace
}  // namespace lidit
