#include "encoders/llm/shared_beginnings.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lidit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::int64_t> values_of(const Tensor& numbers) {
  const auto* first = numbers.const_data_ptr<std::int64_t>();
  return {first, first + numbers.numel()};
}

class SharedBeginningsOfFive : public testing::Test {
 protected:
  // In order: nothing; 1 2; 1 2 3; 1 2 3 again; 1 2 4
  const std::vector<std::int64_t> ids{1, 2, 4, 1, 2, 3, 1, 2, 1, 2, 3};
  const std::vector<std::int64_t> offsets{0, 3, 6, 8, 11, 11};
  const SharedBeginnings found = find_shared_beginnings(ids, offsets);
};

TEST_F(SharedBeginningsOfFive, PutsPromptsBehindThoseTheyBeginLike) {
  EXPECT_THAT(found.order, ElementsAre(4, 2, 1, 3, 0));
  EXPECT_THAT(found.shared, ElementsAre(0, 0, 2, 3, 2));
}

TEST_F(SharedBeginningsOfFive, LeavesEveryTokenOnceAndTheWayBackToAllOfThem) {
  const DistinctTokens tokens = distinct_tokens(ids, offsets, found, 0, 5);
  EXPECT_THAT(values_of(tokens.batch.ids), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values_of(tokens.batch.offsets), ElementsAre(0, 0, 2, 3, 3, 4));
  EXPECT_THAT(values_of(tokens.batch.shared), ElementsAre(0, 0, 2, 3, 2));
  EXPECT_THAT(values_of(tokens.rows), ElementsAre(0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 3));
  EXPECT_THAT(values_of(tokens.places), ElementsAre(6, 7, 3, 4, 5, 8, 9, 10, 0, 1, 2));
}

TEST_F(SharedBeginningsOfFive, MakesTheFirstPromptOfAPartWhole) {
  const DistinctTokens tokens = distinct_tokens(ids, offsets, found, 3, 5);
  EXPECT_THAT(values_of(tokens.batch.ids), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values_of(tokens.batch.shared), ElementsAre(0, 2));
  EXPECT_THAT(values_of(tokens.rows), ElementsAre(0, 1, 2, 0, 1, 3));
  EXPECT_THAT(values_of(tokens.places), ElementsAre(8, 9, 10, 0, 1, 2));
}

TEST_F(SharedBeginningsOfFive, KeepsOrderAndTokensWhereNothingIsToBeShared) {
  const DistinctTokens tokens = distinct_tokens(ids, offsets, no_shared_beginnings(5), 0, 5);
  EXPECT_EQ(values_of(tokens.batch.ids), ids);
  EXPECT_EQ(values_of(tokens.batch.offsets), offsets);
  EXPECT_FALSE(tokens.batch.shared.defined());
  EXPECT_EQ(values_of(tokens.rows), values_of(at::arange(11, at::kLong)));
  EXPECT_EQ(values_of(tokens.places), values_of(at::arange(11, at::kLong)));
}

TEST(SharedBeginnings, AreNoneOfNoPrompts) {
  const std::vector<std::int64_t> nothing, offsets{0};
  EXPECT_THAT(find_shared_beginnings(nothing, offsets).order, IsEmpty());
  EXPECT_EQ(distinct_tokens(nothing, offsets, no_shared_beginnings(0), 0, 0).rows.numel(), 0);
}

}  // namespace
}  // namespace lidit
