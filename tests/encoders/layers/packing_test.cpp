#include "encoders/layers/packing.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace lidit {
namespace {

const Tensor kMask = at::tensor({1, 1, 0, 0, 0, 0, 0, 1, 1}, at::kLong).view({3, 3}).to(at::kBool);

TEST(Packing, TakesTheRealTokensPromptAfterPrompt) {
  const Tensor padded = at::arange(18).to(at::kFloat).view({3, 3, 2});
  const Tensor rows = Packing(kMask).pack(padded);
  EXPECT_TRUE(at::equal(rows, at::stack({padded[0][0], padded[0][1], padded[2][1], padded[2][2]})));
}

TEST(Packing, PutsRowsBackWhereTheyWereAndZerosBetween) {
  const Tensor padded = at::arange(36).to(at::kFloat).view({3, 3, 2, 2}) + 1;
  const Packing packing(kMask);
  EXPECT_TRUE(at::equal(packing.pad(packing.pack(padded)), padded * kMask.view({3, 3, 1, 1})));
}

TEST(Packing, GivesEachTokenTheVectorOfItsPrompt) {
  const Tensor vectors = at::tensor({1.f, 2.f, 3.f}).view({3, 1, 1});
  EXPECT_TRUE(
      at::equal(Packing(kMask).spread(vectors), at::tensor({1.f, 1.f, 3.f, 3.f}).view({4, 1})));
}

TEST(Packing, OfNoTokensIsEmptyAndPadsToZeros) {
  const Packing packing(at::zeros({2, 3}, at::kBool));
  EXPECT_EQ(packing.pack(at::ones({2, 3, 4})).size(0), 0);
  EXPECT_TRUE(at::equal(packing.pad(at::ones({0, 4})), at::zeros({2, 3, 4})));
}

TEST(Packing, RefusesAMaskThatIsNone) { EXPECT_THROW(Packing(at::ones({2, 3})), c10::Error); }

}  // namespace
}  // namespace lidit
