// The families that a decoder can be: each reads its own settings.
#pragma once
#include "encoders/llm/decoder/config.h"

namespace lidit {

// Each throws FileError on settings that are missing, contradictory or not computed here.
DecoderConfig read_llama_config(const ConfigReader& reader);    // and Mistral, in GGUF
DecoderConfig read_mistral_config(const ConfigReader& reader);  // sliding window, if any
DecoderConfig read_qwen2_config(const ConfigReader& reader);    // biases; 1.5, 2 and 2.5
DecoderConfig read_qwen3_config(const ConfigReader& reader);    // norms of queries and keys
DecoderConfig read_gemma2_config(const ConfigReader& reader);   // soft caps, sandwich norms
DecoderConfig read_gemma3_config(const ConfigReader& reader);   // two rotary bases

}  // namespace lidit
