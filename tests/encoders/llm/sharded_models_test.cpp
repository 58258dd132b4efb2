// Checkpoints whose weights lie in two files, under their own names and as the text tower of a
// multimodal checkpoint: the model of the single file, bit for bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "encoders/model_files.h"
#include "encoders/weights/safetensors_writer.h"
#include "results/errors.h"
#include "tests/encoders/llm/golden_states.h"
#include "tests/support/tiny_model.h"

namespace lidit {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::all_layers;
using testing_support::golden;
using testing_support::golden_tensor;

/// How a checkpoint calls its tensors and says what it is.
struct Form {
  const char* name;
  const char* model;                // of tests/golden/llm
  const char* prefix;               // before each of the model's own names
  std::vector<const char*> others;  // tensors that the text does not pass through
  json (*config)(const json& own);
};

json own_config(const json& own) { return own; }

/// llava-hf/llava-1.5-7b-hf.
json llava(const json& own) {
  return {{"model_type", "llava"},
          {"image_token_index", 95},
          {"text_config", own},
          {"vision_config", {{"model_type", "clip_vision_model"}, {"hidden_size", 16}}}};
}

/// Qwen/Qwen2-VL-2B-Instruct: the text's settings stand at the top.
json published_qwen2_vl(const json& own) {
  json config = own;
  config["model_type"] = "qwen2_vl";
  config["rope_theta"] = own.at("rope_parameters").at("rope_theta");
  config["rope_scaling"] = {{"type", "mrope"}, {"mrope_section", {1, 1, 1}}};
  config["vision_config"] = {{"depth", 1}, {"hidden_size", 24}};
  config.erase("rope_parameters");
  config.erase("layer_types");
  return config;
}

/// The same as transformers 5 writes it.
json saved_qwen2_vl(const json& own) {
  json text = own;
  text["model_type"] = "qwen2_vl_text";
  text["rope_parameters"]["mrope_section"] = {1, 1, 1};
  return {{"model_type", "qwen2_vl"},
          {"text_config", text},
          {"vision_config", {{"depth", 1}, {"hidden_size", 24}}}};
}

const Form kForms[] = {
    {"own_names", "tiny-llama", "", {}, own_config},
    {"llava",
     "tiny-llama",
     "language_model.model.",
     {"language_model.lm_head.weight", "vision_tower.vision_model.embeddings.class_embedding",
      "multi_modal_projector.linear_1.weight"},
     llava},
    {"llava_of_transformers_5",
     "tiny-llama",
     "model.language_model.",
     {"lm_head.weight", "model.vision_tower.vision_model.embeddings.class_embedding",
      "model.multi_modal_projector.linear_1.weight"},
     llava},
    {"qwen2_vl",
     "tiny-qwen2",
     "model.",
     {"lm_head.weight", "visual.patch_embed.proj.weight", "visual.merger.mlp.0.bias"},
     published_qwen2_vl},
    {"qwen2_vl_of_transformers_5",
     "tiny-qwen2",
     "model.language_model.",
     {"lm_head.weight", "model.visual.patch_embed.proj.weight", "model.visual.merger.mlp.0.bias"},
     saved_qwen2_vl},
};

constexpr std::array kParts{"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"};

/// A Hugging Face folder of that form: neighbouring tensors lie in different files.
void write_in_two_parts(const Form& form, const TemporaryFolder& folder) {
  const auto file = WeightFile::open(golden(form.model) / "model.safetensors");
  std::array<std::vector<TensorToWrite>, kParts.size()> parts;
  json map;
  const auto put = [&](const std::string& name, const TensorView& tensor) {
    const std::size_t part = map.size() % kParts.size();
    map[name] = kParts[part];
    parts[part].push_back({name, tensor.type, tensor.shape, tensor.data});
  };
  for (const TensorView& tensor : file->tensors()) put(form.prefix + tensor.name, tensor);
  for (const char* name : form.others) put(name, file->tensors().front());
  for (std::size_t part = 0; part < kParts.size(); ++part)
    write_safetensors(folder.path() / kParts[part], parts[part], {{"format", "pt"}});
  folder.write("model.safetensors.index.json",
               json{{"metadata", json::object()}, {"weight_map", map}}.dump());
  const json config = json::parse(read_bytes(golden(form.model) / "config.json"));
  folder.write("config.json", form.config(config).dump());
  folder.write("tokenizer.json", ascii_tokenizer());
}

std::shared_ptr<const LanguageModel> load(const ModelFiles& files) {
  const ConfigReader config = read_config(files);
  return find_family(config).load(config, open_weights(files), at::kFloat, at::kCPU);
}

std::shared_ptr<const LanguageModel> load_single_file(const char* model) {
  const std::filesystem::path weights = golden(model) / "model.safetensors";
  return load({model, golden(model) / "config.json", {weights}, {}});
}

class ModelInTwoParts : public testing::TestWithParam<Form> {
 protected:
  void SetUp() override { write_in_two_parts(GetParam(), folder); }

  const TemporaryFolder folder;
};

TEST_P(ModelInTwoParts, GivesEveryStateOfItsSingleFileBitForBit) {
  const ModelFiles files = find_model(folder.path().string(), /*home=*/{});
  EXPECT_EQ(files.weights.size(), kParts.size());
  const auto model = load(files), whole = load_single_file(GetParam().model);
  const auto layers = all_layers(whole->shape());
  EXPECT_EQ(all_layers(model->shape()), layers);
  EXPECT_EQ(model->shape().parameters, whole->shape().parameters);
  const auto prompts = WeightFile::open(golden(GetParam().model) / "states.safetensors");
  const TokenBatch batch{golden_tensor(*prompts, "ids"), golden_tensor(*prompts, "offsets")};
  EXPECT_TRUE(at::equal(model->encode_packed(batch, layers), whole->encode_packed(batch, layers)));
}

TEST_P(ModelInTwoParts, NamesTheTensorsOfAPartThatItsIndexLeavesOut) {
  json index = json::parse(read_bytes(folder.path() / "model.safetensors.index.json"));
  for (auto& part : index["weight_map"]) part = kParts[0];
  folder.write("model.safetensors.index.json", index.dump());
  const auto whole = WeightFile::open(golden(GetParam().model) / "model.safetensors");
  const std::string missing = std::to_string(whole->tensors().size() / kParts.size()) +
                              " missing: " + GetParam().prefix + "layers.";
  EXPECT_THAT([&] { load(find_model(folder.path().string(), {})); },
              ThrowsMessage<FileError>(HasSubstr(missing)));
}

INSTANTIATE_TEST_SUITE_P(Forms, ModelInTwoParts, testing::ValuesIn(kForms),
                         [](const auto& form) { return std::string(form.param.name); });

}  // namespace
}  // namespace lidit
