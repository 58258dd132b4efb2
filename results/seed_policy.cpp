#include "results/seed_policy.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "results/errors.h"
#include "results/hash.h"
#include "results/names.h"

namespace lidit {

SeedPolicy seed_policy(std::string_view name) {
  if (name == "per-prompt") return SeedPolicy::per_prompt;
  if (name == "shared") return SeedPolicy::shared;
  throw UserError(
      unknown_name("seed policy", name, std::vector<std::string>{"per-prompt", "shared"}));
}

std::uint64_t image_seed(SeedPolicy policy, std::uint64_t base_seed, std::string_view prompt_id,
                         std::uint64_t image) {
  if (policy == SeedPolicy::shared) return base_seed + image;
  const Digest digest = sha256(fmt::format("{}/{}/{}", base_seed, image, prompt_id));
  std::uint64_t seed = 0;
  for (std::size_t i = 0; i < 8; ++i) seed = seed << 8 | digest[i];
  return seed;
}

}  // namespace lidit
