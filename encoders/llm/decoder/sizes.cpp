#include <array>
#include <cmath>

#include "encoders/llm/decoder/config.h"

namespace lidit {
namespace {

const RotaryBands kLlama31{.factor = 8, .low = 1, .high = 4, .original_context = 8192};
const RotaryBands kLlama32{.factor = 32, .low = 1, .high = 4, .original_context = 8192};

DecoderOptions llama(double base, std::optional<RotaryBands> bands = {}) {
  return {.rotary = {.base = base, .bands = bands}};
}

DecoderOptions mistral(std::int64_t window, std::size_t depth) {
  return {.sliding =
              SlidingBlocks{.window = window, .rotary = {}, .here = std::vector(depth, true)}};
}

DecoderOptions qwen2(double base) {
  return {.rotary = {.base = base}, .query_key_value_bias = true};
}

DecoderOptions qwen3() { return {.rotary = {.base = 1e6}, .query_key_norm = true}; }

/// All but each `every`-th of `depth` blocks slide.
DecoderOptions gemma(std::int64_t window, std::size_t depth, std::size_t every, double scalar) {
  SlidingBlocks sliding{.window = window, .rotary = {}, .here = {}};
  for (std::size_t i = 0; i < depth; ++i) sliding.here.push_back((i + 1) % every != 0);
  return {.sliding = sliding,
          .activation = Activation::gelu_tanh,
          .attention_scale = 1 / std::sqrt(scalar),
          .sandwich_norms = true,
          .scaled_embedding = true};
}

DecoderOptions gemma2(std::int64_t window, std::size_t depth, double scalar) {
  DecoderOptions options = gemma(window, depth, 2, scalar);
  options.attention_soft_cap = 50;
  return options;
}

DecoderOptions gemma3(std::int64_t window, std::size_t depth, std::size_t every, double factor,
                      double scalar) {
  DecoderOptions options = gemma(window, depth, every, scalar);
  options.rotary = {.base = 1e6, .factor = factor};
  options.query_key_norm = true;
  return options;
}

//                        family vocabulary width depth heads kv head hidden context eps options
const std::array<DecoderSize, 27> kDecoderSizes{{
    {"tiny-llama", {"llama", 96, 32, 3, 4, 2, 16, 48, 64, 1e-5, llama(1e3)}},
    {"tiny-llama-3.1",
     {"llama", 96, 24, 3, 4, 2, 8, 40, 64, 1e-5, llama(1e3, RotaryBands{4, 1, 4, 32})}},
    {"tiny-mistral", {"mistral", 96, 24, 3, 4, 2, 8, 40, 64, 1e-5, mistral(8, 3)}},
    {"tiny-qwen2", {"qwen2", 96, 24, 3, 4, 2, 6, 40, 64, 1e-6, qwen2(1e4)}},
    {"tiny-qwen3", {"qwen3", 96, 24, 3, 4, 2, 8, 40, 64, 1e-6, qwen3()}},
    {"tiny-gemma2", {"gemma2", 96, 24, 4, 4, 2, 8, 40, 64, 1e-6, gemma2(8, 4, 12)}},
    {"tiny-gemma3", {"gemma3", 96, 24, 6, 4, 1, 8, 40, 64, 1e-6, gemma3(8, 6, 3, 8, 12)}},
    {"smollm2-135m", {"llama", 49152, 576, 30, 9, 3, 64, 1536, 8192, 1e-5, llama(1e5)}},
    {"smollm2-360m", {"llama", 49152, 960, 32, 15, 5, 64, 2560, 8192, 1e-5, llama(1e5)}},
    {"smollm2-1.7b", {"llama", 49152, 2048, 24, 32, 32, 64, 8192, 8192, 1e-5, llama(1.3e5)}},
    {"llama-2-7b", {"llama", 32000, 4096, 32, 32, 32, 128, 11008, 4096, 1e-5, llama(1e4)}},
    {"llama-3-8b", {"llama", 128256, 4096, 32, 32, 8, 128, 14336, 8192, 1e-5, llama(5e5)}},
    {"llama-3.1-8b",
     {"llama", 128256, 4096, 32, 32, 8, 128, 14336, 131072, 1e-5, llama(5e5, kLlama31)}},
    {"llama-3.2-1b",
     {"llama", 128256, 2048, 16, 32, 8, 64, 8192, 131072, 1e-5, llama(5e5, kLlama32)}},
    {"llama-3.2-3b",
     {"llama", 128256, 3072, 28, 24, 8, 128, 8192, 131072, 1e-5, llama(5e5, kLlama32)}},
    {"mistral-7b-v0.1",
     {"mistral", 32000, 4096, 32, 32, 8, 128, 14336, 32768, 1e-5, mistral(4096, 32)}},
    {"qwen1.5-0.5b", {"qwen2", 151936, 1024, 24, 16, 16, 64, 2816, 32768, 1e-6, qwen2(1e6)}},
    {"qwen2-0.5b", {"qwen2", 151936, 896, 24, 14, 2, 64, 4864, 131072, 1e-6, qwen2(1e6)}},
    {"qwen2.5-7b", {"qwen2", 152064, 3584, 28, 28, 4, 128, 18944, 131072, 1e-6, qwen2(1e6)}},
    {"qwen3-0.6b", {"qwen3", 151936, 1024, 28, 16, 8, 128, 3072, 40960, 1e-6, qwen3()}},
    {"qwen3-8b", {"qwen3", 151936, 4096, 36, 32, 8, 128, 12288, 40960, 1e-6, qwen3()}},
    {"gemma-2-2b",
     {"gemma2", 256000, 2304, 26, 8, 4, 256, 9216, 8192, 1e-6, gemma2(4096, 26, 256)}},
    {"gemma-2-9b",
     {"gemma2", 256000, 3584, 42, 16, 8, 256, 14336, 8192, 1e-6, gemma2(4096, 42, 256)}},
    {"gemma-2-27b",
     {"gemma2", 256000, 4608, 46, 32, 16, 128, 36864, 8192, 1e-6, gemma2(4096, 46, 144)}},
    {"gemma-3-270m",
     {"gemma3", 262144, 640, 18, 4, 1, 256, 2048, 32768, 1e-6, gemma3(512, 18, 6, 1, 256)}},
    {"gemma-3-1b",
     {"gemma3", 262144, 1152, 26, 4, 1, 256, 6912, 32768, 1e-6, gemma3(512, 26, 6, 1, 256)}},
    {"gemma-3-4b",
     {"gemma3", 262208, 2560, 34, 8, 4, 256, 10240, 131072, 1e-6, gemma3(1024, 34, 6, 8, 256)}},
}};

}  // namespace

std::span<const DecoderSize> decoder_sizes() { return kDecoderSizes; }

}  // namespace lidit
