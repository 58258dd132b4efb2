// Tiny models with one token per printable ASCII character.
#pragma once
#include <string>
#include <vector>

#include "encoders/llm/prompt_encoder.h"
#include "tests/encoders/llm/golden_states.h"

namespace lidit::testing_support {

inline PromptTokens letters(std::string_view text) {
  PromptTokens tokens;
  for (const char c : text) {
    const auto at = static_cast<std::int32_t>(tokens.tokens.size());
    tokens.tokens.push_back({c - 32, at, at + 1});
  }
  return tokens;
}

/// The tiny checkpoint in golden folder `model`, its second hidden state in bf16.
inline PromptEncoderParts letter_parts(const std::string& model, std::string_view prefix) {
  const ConfigReader config = ConfigReader::from_json_file(golden(model) / "config.json");
  PromptEncoderParts parts{.shape = find_family(config).shape(config),
                           .layers = {2},
                           .dtype = at::kBFloat16,
                           .prefix = {},
                           .tokenize = letters,
                           .load = {}};
  for (const Token& token : letters(prefix).tokens) parts.prefix.push_back(token.id);
  parts.load = [config, model] {
    return find_family(config).load(config, {WeightFile::open(golden(model) / "model.safetensors")},
                                    at::kBFloat16, at::kCPU);
  };
  return parts;
}

inline std::vector<Prompt> prompts_of(const std::vector<std::string>& texts) {
  std::vector<Prompt> prompts;
  for (const std::string& text : texts) prompts.push_back({text});
  return prompts;
}

}  // namespace lidit::testing_support
