// Which seed an image starts from. Prompts that share their seeds share the luck of them: an error
// over prompts then leaves out the variance of seeds, sigma_b^2 / K.
#pragma once
#include <cstdint>
#include <string_view>

namespace lidit {

enum class SeedPolicy {
  per_prompt,  // nested: every image of every prompt has a seed of its own
  shared,  // crossed, as GenEval and T2I-CompBench do: image k of every prompt has the same seed
};
/// "per-prompt" or "shared" (the legacy switch); UserError for any other name.
SeedPolicy seed_policy(std::string_view name);

/// per_prompt: the first 8 bytes, the highest first, of SHA-256 of "BASE_SEED/IMAGE/PROMPT_ID" with
/// decimal numbers. shared: base_seed + image, modulo 2^64.
std::uint64_t image_seed(SeedPolicy policy, std::uint64_t base_seed, std::string_view prompt_id,
                         std::uint64_t image);

}  // namespace lidit
