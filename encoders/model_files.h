// From the name or the path of a language model to its files.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/llm/family_table.h"

namespace lidit {

struct ModelFiles {
  std::string model;                           // the name or path that was asked for
  std::filesystem::path config;                // config.json, or the GGUF file
  std::vector<std::filesystem::path> weights;  // safetensors (several parts), or the GGUF file
  std::filesystem::path tokenizer;  // tokenizer.json, a SentencePiece model, or the GGUF file
  bool untrained = false;           // its weights are drawn at random, not read
};

/// "untrained:MODEL" is a floor: the model's family, sizes and tokenizer with random weights.
inline constexpr std::string_view kUntrainedScheme = "untrained:";
inline constexpr std::uint64_t kUntrainedSeed = 0;  // of those weights

/// `name_or_path`: what stands behind kUntrainedScheme, or a name of the lock or of a folder in
/// `home`/models, a GGUF file, or a folder with one GGUF file, or with config.json,
/// model.safetensors (or the index of its parts) and tokenizer.json (or tokenizer.model, or T5's
/// spiece.model). Throws MachineError when a model of the lock is not there, UserError with the
/// choices for an unknown name, FileError for a folder that does not hold one model.
ModelFiles find_model(std::string_view name_or_path, const std::filesystem::path& home);

/// The settings of the model; throws FileError.
ConfigReader read_config(const ModelFiles& files);
WeightFiles open_weights(const ModelFiles& files);

/// What `lidit models inspect` prints: family, sizes, parameters, types of the tensors, context and
/// tokenizer, one "name: value" a line. Throws as find_model does, or FileError.
std::string describe_model(const ModelFiles& files);

}  // namespace lidit
