// An encoder without the store in front: for `lidit encode`, probes of throughput and benches.
#pragma once
#include <filesystem>
#include <memory>

#include "encoders/encoder_settings.h"
#include "encoders/llm/prompt_encoder.h"

namespace lidit {

/// As open_encoder (encoder_settings.h), but everything is computed and nothing is stored. Its
/// encode_to_file gives token ids and hashes beside the features, on the device asked for.
std::shared_ptr<const PromptEncoder> open_prompt_encoder(const EncoderSettings& settings,
                                                         const std::filesystem::path& home,
                                                         c10::Device device);

}  // namespace lidit
