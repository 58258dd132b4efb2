#include "results/philox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lidit {
namespace {

// Known answers of Random123's kat_vectors for philox4x32-10.
TEST(Philox, MatchesThePublishedKnownAnswers) {
  EXPECT_EQ(Philox::block({0, 0, 0, 0}, {0, 0}),
            (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(
      Philox::block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, GivesTheSameDrawsForTheSameKeyAndOthersForAnother) {
  Philox a(7, "noise", 3), b(7, "noise", 3), other_step(7, "noise", 4), other_stream(7, "data", 3);
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, other_step.next());
  EXPECT_NE(first, other_stream.next());
}

TEST(Philox, NormalDrawsHaveUnitVarianceAndNoMean) {
  std::vector<float> x(200000);
  Philox(1, "test").fill_normal(x);
  double sum = 0, squares = 0;
  for (const float v : x) sum += v, squares += v * v;
  EXPECT_NEAR(sum / 200000, 0, 0.01);
  EXPECT_NEAR(squares / 200000, 1, 0.015);
  EXPECT_TRUE(std::all_of(x.begin(), x.end(), [](float v) { return std::isfinite(v); }));
}

TEST(Philox, PermutationHoldsEveryIndexOnce) {
  auto order = Philox(5, "order").permutation(1000);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 1000; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(Philox, BelowStaysBelowItsBoundAndReachesEveryValue) {
  Philox draws(2, "below");
  std::vector<int> seen(7);
  for (int i = 0; i < 7000; ++i) ++seen.at(draws.below(7));
  EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](int n) { return n > 850 && n < 1150; }));
}

}  // namespace
}  // namespace lidit
