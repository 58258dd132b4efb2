// The families of language models by name: one line each in family_table.cpp.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "encoders/llm/config_reader.h"
#include "encoders/llm/language_model.h"
#include "encoders/weights/weight_file.h"

namespace lidit {

using WeightFiles = std::vector<std::shared_ptr<const WeightFile>>;

struct Family {
  std::string_view name;                 // general.architecture in GGUF, mostly model_type too
  std::array<std::string_view, 4> also;  // further names: the text towers of multimodal models
  std::string_view summary;
  LanguageModelShape (*shape)(const ConfigReader& config);
  std::shared_ptr<const LanguageModel> (*load)(const ConfigReader& config, WeightFiles files,
                                               at::ScalarType dtype, c10::Device device);
  /// The same sizes with weights drawn by `seed` (RandomWeights).
  std::shared_ptr<const LanguageModel> (*make_untrained)(const ConfigReader& config,
                                                         std::uint64_t seed, at::ScalarType dtype,
                                                         c10::Device device);
};

/// Written by hand: one line per family.
std::span<const Family> family_table();
/// Throws FileError that names the architecture and the families there are.
const Family& find_family(const ConfigReader& config);

}  // namespace lidit
