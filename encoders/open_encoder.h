// An encoder without the store in front: for `lidit encode`, probes of throughput and benches.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "encoders/encoder_settings.h"
#include "encoders/llm/prompt_encoder.h"

namespace lidit {

/// Language models that are loaded already. Encoders that differ in what stands before the caption,
/// or in the hidden states that they read, share one.
class LoadedModels {
 public:
  using Load = std::function<std::shared_ptr<const LanguageModel>()>;
  /// The model of that key, by `load` when it is asked for the first time.
  std::shared_ptr<const LanguageModel> get(const std::string& key, const Load& load);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const LanguageModel>> models_;
};

/// As open_encoder (encoder_settings.h), but everything is computed and nothing is stored. Its
/// encode_to_file gives token ids and hashes beside the features, on the device asked for. Weights
/// come from `loaded`, if it is given, and stay there. `share_beginnings`: see PromptEncoderParts.
std::shared_ptr<const PromptEncoder> open_prompt_encoder(const EncoderSettings& settings,
                                                         const std::filesystem::path& home,
                                                         c10::Device device,
                                                         std::shared_ptr<LoadedModels> loaded = {},
                                                         bool share_beginnings = true);

}  // namespace lidit
