// Tiny models with one token per printable ASCII character.
#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "encoders/llm/decoder/families.h"
#include "encoders/llm/decoder/model.h"
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

/// A decoder that counts the tokens it computes.
class CountingDecoder final : public Decoder {
 public:
  CountingDecoder(const DecoderConfig& config, const NamedWeights& weights,
                  std::atomic<std::int64_t>& tokens)
      : Decoder(config, weights, at::kBFloat16, at::kCPU), tokens_(tokens) {}

 protected:
  Tensor embed(const Tensor& ids, const Segments& segments) const override {
    tokens_ += segments.offsets[-1].item<std::int64_t>();
    return Decoder::embed(ids, segments);
  }

 private:
  std::atomic<std::int64_t>& tokens_;
};

/// letter_parts("tiny-llama", "") with such a decoder.
inline PromptEncoderParts counting_parts(std::atomic<std::int64_t>& tokens) {
  PromptEncoderParts parts = letter_parts("tiny-llama", "");
  parts.load = [&tokens] {
    const auto folder = golden("tiny-llama");
    const ConfigReader reader = ConfigReader::from_json_file(folder / "config.json");
    const DecoderConfig config = read_llama_config(reader);
    const FileWeights weights({WeightFile::open(folder / "model.safetensors")}, reader.naming(),
                              expected_tensors(config), tensor_names(config));
    return std::make_shared<const CountingDecoder>(config, weights, tokens);
  };
  return parts;
}

inline std::vector<Prompt> prompts_of(const std::vector<std::string>& texts) {
  std::vector<Prompt> prompts;
  for (const std::string& text : texts) prompts.push_back({text});
  return prompts;
}

}  // namespace lidit::testing_support
