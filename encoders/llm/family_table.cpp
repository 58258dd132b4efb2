#include "encoders/llm/family_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "encoders/llm/bert/model.h"
#include "encoders/llm/clip/model.h"
#include "encoders/llm/decoder/families.h"
#include "encoders/llm/decoder/model.h"
#include "encoders/llm/t5/model.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

template <auto read_config>
LanguageModelShape shape(const ConfigReader& config) {
  return shape_of(read_config(config));
}

template <class Model, auto read_config>
std::shared_ptr<const LanguageModel> load(const ConfigReader& config, WeightFiles files,
                                          at::ScalarType dtype, c10::Device device) {
  const auto settings = read_config(config);
  const FileWeights weights(files, config.naming(), expected_tensors(settings),
                            tensor_names(settings));
  return std::make_shared<Model>(settings, weights, dtype, device);
}

/// GGUF files of umT5 call themselves T5.
std::shared_ptr<const LanguageModel> load_t5(const ConfigReader& config, WeightFiles files,
                                             at::ScalarType dtype, c10::Device device) {
  const bool is_umt5 = config.naming() == Naming::gguf && has_bias_in_every_block(files);
  return is_umt5 ? load<T5, read_umt5_config>(config, std::move(files), dtype, device)
                 : load<T5, read_t5_config>(config, std::move(files), dtype, device);
}

template <class Model, auto read_config>
std::shared_ptr<const LanguageModel> make_untrained(const ConfigReader& config, std::uint64_t seed,
                                                    at::ScalarType dtype, c10::Device device) {
  const auto settings = read_config(config);
  return std::make_shared<Model>(settings, RandomWeights(expected_tensors(settings), seed), dtype,
                                 device);
}

template <class Model, auto read_config>
constexpr Family family(std::string_view name, std::array<std::string_view, 4> also,
                        std::string_view summary) {
  return {name,
          also,
          summary,
          shape<read_config>,
          load<Model, read_config>,
          make_untrained<Model, read_config>};
}

constexpr Family loaded_by(Family family, decltype(Family::load) load) {
  family.load = load;
  return family;
}

constexpr std::array kFamilies{
    family<Decoder, read_llama_config>(
        "llama", {}, "Llama 1 to 3, SmolLM2: causal, rotary positions, grouped-query attention"),
    family<Decoder, read_mistral_config>("mistral", {}, "Mistral: Llama with a sliding window"),
    family<Decoder, read_qwen2_config>(
        "qwen2", {"qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text"},
        "Qwen 1.5 to 2.5: Llama with biases of queries, keys and values"),
    family<Decoder, read_qwen3_config>("qwen3", {"qwen3_vl_text"},
                                       "Qwen 3: Llama with norms of queries and keys"),
    family<Decoder, read_gemma2_config>(
        "gemma2", {}, "Gemma 2: sandwich norms, soft caps, every other block slides"),
    family<Decoder, read_gemma3_config>(
        "gemma3", {"gemma3_text"},
        "Gemma 3: sandwich norms, norms of queries and keys, five of six blocks slide"),
    loaded_by(family<T5, read_t5_config>(
                  "t5", {"t5encoder"},
                  "the encoder of T5 v1.1 and Flan-T5: bidirectional, biased by distance"),
              load_t5),
    family<T5, read_umt5_config>("umt5", {}, "the encoder of umT5: T5 with a bias in every block"),
    family<Clip, read_clip_config>("clip_text_model", {},
                                   "CLIP's text tower: causal, learned positions"),
    family<Bert, read_bert_config>("bert", {}, "BERT, MiniLM: bidirectional, learned positions"),
};

}  // namespace

std::span<const Family> family_table() { return kFamilies; }

const Family& find_family(const ConfigReader& config) {
  std::vector<std::string> names;
  for (const Family& family : kFamilies) {
    if (family.name == config.architecture() ||
        std::ranges::find(family.also, config.architecture()) != family.also.end())
      return family;
    names.emplace_back(family.name);
  }
  throw FileError(fmt::format("{}: {}", config.path().string(),
                              unknown_name("architecture", config.architecture(), names)));
}

}  // namespace lidit
