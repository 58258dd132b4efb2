// How prompts are cut into passes; that the states stay the same is prompt_encoder_test's.
#include "encoders/llm/passes.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace lidit {
namespace {

using testing::ElementsAre;

class Passes : public testing::Test {
 protected:
  Passes() { at::set_num_threads(2); }
  ~Passes() override { at::set_num_threads(before_); }

 private:
  int before_ = at::get_num_threads();
};

std::vector<std::int64_t> cut(const std::vector<std::int64_t>& lengths) {
  std::vector<std::int64_t> offsets{0};
  std::partial_sum(lengths.begin(), lengths.end(), std::back_inserter(offsets));
  return cut_into_passes(offsets, at::kCPU);
}

TEST_F(Passes, GiveEachThreadAsManyOfAboutTheSameSize) {
  std::vector<std::int64_t> lengths;
  for (std::int64_t i = 0; i < 100; ++i) lengths.push_back(10 + i % 7);  // 1,295 tokens
  const std::vector<std::int64_t> passes = cut(lengths);
  ASSERT_EQ(passes.size(), 7u);  // of 216 tokens: four would have 324
  EXPECT_EQ(passes.front(), 0);
  EXPECT_EQ(passes.back(), 100);
  for (std::size_t i = 1; i < passes.size(); ++i) {
    const auto rows = std::accumulate(lengths.begin() + passes[i - 1], lengths.begin() + passes[i],
                                      std::int64_t{0});
    EXPECT_NEAR(static_cast<double>(rows), 1295.0 / 6, 16) << i;
  }
}

TEST_F(Passes, LetAllThreadsWorkOnFewTokensTogether) {
  EXPECT_THAT(cut({20, 20, 20, 20}), ElementsAre(0, 4));
  EXPECT_THAT(cut({32, 32, 32, 32}), ElementsAre(0, 2, 4));
}

TEST_F(Passes, DoNotCutAPromptHoweverLong) {
  EXPECT_THAT(cut({2000}), ElementsAre(0, 1));
  EXPECT_THAT(cut({10, 2000, 10}), ElementsAre(0, 1, 3));
}

TEST_F(Passes, AreNoneWithoutPrompts) { EXPECT_THAT(cut({}), ElementsAre(0)); }

TEST_F(Passes, KeepEmptyPromptsInTheirPlace) {
  EXPECT_THAT(cut({0, 0}), ElementsAre(0, 2));
  EXPECT_THAT(cut({0, 200, 0, 200, 0}), ElementsAre(0, 3, 5));
}

}  // namespace
}  // namespace lidit
