#include "results/seed_policy.h"

#include <gtest/gtest.h>

#include <set>

#include "results/errors.h"

namespace lidit {
namespace {

TEST(SeedPolicy, PerPromptIsTheHashThatItsDocumentationSays) {
  // python: int.from_bytes(hashlib.sha256(b"42/3/geneval/00017").digest()[:8], "big")
  EXPECT_EQ(image_seed(SeedPolicy::per_prompt, 42, "geneval/00017", 3), 15973704348256924543u);
}

TEST(SeedPolicy, PerPromptGivesEveryImageASeedOfItsOwn) {
  std::set<std::uint64_t> seeds;
  for (const std::string_view prompt : {"a", "b", "1/a"})
    for (std::uint64_t base = 0; base < 12; ++base)
      for (std::uint64_t image = 0; image < 12; ++image)
        seeds.insert(image_seed(SeedPolicy::per_prompt, base, prompt, image));
  EXPECT_EQ(seeds.size(), 3u * 12 * 12);
}

TEST(SeedPolicy, SharedGivesEveryPromptTheSameSeeds) {
  EXPECT_EQ(image_seed(SeedPolicy::shared, 42, "a", 3), 45u);
  EXPECT_EQ(image_seed(SeedPolicy::shared, 42, "b", 3), 45u);
}

TEST(SeedPolicy, UnknownNameAnswersWithTheChoices) {
  EXPECT_EQ(seed_policy("shared"), SeedPolicy::shared);
  EXPECT_EQ(seed_policy("per-prompt"), SeedPolicy::per_prompt);
  EXPECT_THROW(seed_policy("per-image"), UserError);
}

}  // namespace
}  // namespace lidit
