#include "encoders/llm/family_table.h"

#include <fmt/format.h>

#include <array>

#include "encoders/llm/bert/model.h"
#include "encoders/llm/llama/model.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

template <auto read_config>
LanguageModelShape shape(const ConfigReader& config) {
  return shape_of(read_config(config));
}

template <class Model, auto read_config, auto names>
std::shared_ptr<const LanguageModel> load(const ConfigReader& config, WeightFiles files,
                                          at::ScalarType dtype, c10::Device device) {
  const auto settings = read_config(config);
  const FileWeights weights(std::move(files), config.naming(), expected_tensors(settings), names());
  return std::make_shared<Model>(settings, weights, dtype, device);
}

constexpr std::array kFamilies{
    Family{"llama", "Llama 1/2, SmolLM2: causal, rotary positions, grouped-query attention",
           shape<read_llama_config>, load<Llama, read_llama_config, llama_tensor_names>},
    Family{"bert", "BERT, MiniLM: bidirectional, learned positions", shape<read_bert_config>,
           load<Bert, read_bert_config, bert_tensor_names>},
};

}  // namespace

std::span<const Family> family_table() { return kFamilies; }

const Family& find_family(const ConfigReader& config) {
  std::vector<std::string> names;
  for (const Family& family : kFamilies) {
    if (family.name == config.architecture()) return family;
    names.emplace_back(family.name);
  }
  throw FileError(fmt::format("{}: {}", config.path().string(),
                              unknown_name("architecture", config.architecture(), names)));
}

}  // namespace lidit
