#include "encoders/strategies/token_layout.h"

#include <gtest/gtest.h>

#include "random_features.h"

namespace lidit {
namespace {

Tensor longs(std::vector<std::int64_t> values, at::IntArrayRef shape) {
  return at::tensor(values, at::kLong).view(shape);
}
Tensor bools(std::vector<std::int64_t> values, at::IntArrayRef shape) {
  return longs(std::move(values), shape).to(at::kBool);
}

TEST(TokenLayout, PutsThePrefixBeforeEveryPromptAndZerosBehind) {
  const TokenLayout layout =
      token_layout(RandomFeatures{.prefix = 2, .lengths = {3, 1}, .caption_begin = {1, 0}}.make());
  // Packed rows: prefix 0 1, prompts 2 3 4 and 5, zeros 6.
  EXPECT_TRUE(at::equal(layout.rows, longs({0, 1, 2, 3, 4, 0, 1, 5, 6, 6}, {2, 5})));
  EXPECT_TRUE(at::equal(layout.mask, bools({1, 1, 1, 1, 1, 1, 1, 1, 0, 0}, {2, 5})));
  EXPECT_TRUE(at::equal(layout.caption, bools({0, 0, 0, 1, 1, 0, 0, 1, 0, 0}, {2, 5})));
  EXPECT_TRUE(at::equal(layout.token, longs({-2, -1, 0, 1, 2}, {5})));
}

TEST(TokenLayout, HasOnePlaceWhenNothingIsThere) {
  const TokenLayout layout = token_layout(RandomFeatures{.lengths = {0, 0}}.make());
  EXPECT_TRUE(at::equal(layout.mask, bools({0, 0}, {2, 1})));
}

TEST(TokenLayout, RefusesOffsetsThatDoNotFitThePrompts) {
  EncoderFeatures features = RandomFeatures{}.make();
  features.caption_begin = at::zeros({3}, at::kLong);
  EXPECT_THROW(token_layout(features), c10::Error);
}

// Two branches of widths 1: the value of a token says which it is.
struct TwoBranches {
  std::vector<TokenLayout> layouts = {
      token_layout(RandomFeatures{.prefix = 1, .lengths = {2, 3}}.make()),
      token_layout(RandomFeatures{.lengths = {3, 2}, .caption_begin = {1, 1}}.make())};
  std::vector<Tensor> tokens = {at::arange(1, 9).to(at::kFloat).view({2, 4, 1}),
                                at::arange(11, 17).to(at::kFloat).view({2, 3, 1})};
  Tensor null_token = at::full({1, 1}, -7.f);
};

TEST(CropToCaptions, LeavesExactlyTheCaptionRowsOfAllBranchesWithoutGaps) {
  const TwoBranches b;
  const CaptionTokens out =
      crop_to_captions(b.tokens, b.layouts, at::ones({2}, at::kBool), b.null_token);
  EXPECT_TRUE(at::equal(out.tokens.squeeze(-1),
                        at::tensor({2.f, 3.f, 12.f, 13.f, 6.f, 7.f, 8.f, 15.f}).view({2, 4})));
  EXPECT_TRUE(out.mask.all().item<bool>());
  EXPECT_TRUE(at::equal(out.source.select(-1, 0), longs({0, 0, 1, 1, 0, 0, 0, 1}, {2, 4})));
  EXPECT_TRUE(at::equal(out.source.select(-1, 1), longs({0, 1, 1, 2, 0, 1, 2, 1}, {2, 4})));
}

TEST(CropToCaptions, PutsTheNullTokenAloneWhereARowIsDropped) {
  const TwoBranches b;
  const CaptionTokens out = crop_to_captions(b.tokens, b.layouts, bools({0, 1}, {2}), b.null_token);
  EXPECT_TRUE(at::equal(out.tokens.squeeze(-1),
                        at::tensor({-7.f, 0.f, 0.f, 0.f, 6.f, 7.f, 8.f, 15.f}).view({2, 4})));
  EXPECT_TRUE(at::equal(out.mask, bools({1, 0, 0, 0, 1, 1, 1, 1}, {2, 4})));
  EXPECT_TRUE(at::equal(out.source[0], at::full({4, 2}, -1, at::kLong)));
  EXPECT_TRUE(at::equal(out.empty, bools({1, 0}, {2})));
}

TEST(CropToCaptions, TreatsACaptionWithoutTokensAsDropped) {
  const std::vector<TokenLayout> layouts = {
      token_layout(RandomFeatures{.prefix = 2, .lengths = {0, 0}}.make())};
  const CaptionTokens out = crop_to_captions({at::ones({2, 2, 1})}, layouts,
                                             at::ones({2}, at::kBool), at::full({1, 1}, -7.f));
  EXPECT_TRUE(at::equal(out.tokens, at::full({2, 1, 1}, -7.f)));
  EXPECT_TRUE(out.mask.all().item<bool>());
}

}  // namespace
}  // namespace lidit
