#include "metrics/alignment/score_difference.h"

#include <gmock/gmock.h>

#include <cmath>

#include "results/statistics/distributions.h"
#include "results/statistics/hypothesis_tests.h"

namespace lidit::benchmarks {
namespace {

using testing::HasSubstr;

/// A row for each score; `images` of each prompt.
std::vector<Fields> rows(const std::vector<double>& values, std::size_t images = 1,
                         const std::string& category = "color") {
  std::vector<Fields> all;
  for (std::size_t i = 0; i < values.size(); ++i)
    all.push_back(
        {{"prompt", std::to_string(i / images)}, {"category", category}, {"value", values[i]}});
  return all;
}

std::vector<Fields> joined(std::vector<Fields> first, const std::vector<Fields>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(ScoreDifference, IsThatOfPromptsWithTheMeanOfTheirImages) {
  const auto found = score_difference(rows({1, 0, 1, 1, 0.5, 0.5, 0, 1}, 2),
                                      rows({0, 0, 1, 0, 0.5, 0.5, 0, 0}, 2), {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->prompts, 4);
  EXPECT_EQ(found->difference, 0.375);  // .5 .5 0 .5
  EXPECT_EQ(found->p, 0.25);            // 4 of the 16 patterns of signs are as far from 0
  EXPECT_EQ(found->test, "sign flips");
  EXPECT_NEAR(found->interval->high, 0.375 + 3.1824463053 * 0.125, 1e-9);  // t(3)
}

TEST(ScoreDifference, IsMcNemarsWhereEveryPromptIsRightOrWrongOnce) {
  const std::vector<double> a = {1, 1, 1, 1, 1, 0, 0}, b = {0, 0, 0, 0, 1, 0, 1};
  const auto found = score_difference(rows(a), rows(b), {});
  EXPECT_EQ(found->test, "McNemar");
  EXPECT_EQ(found->p, mcnemar_test(a, b));
  EXPECT_EQ(found->p, 0.375);  // 4 against 1
}

TEST(ScoreDifference, CountsPartsAlikeAndLeavesOtherCategoriesOut) {
  const std::vector<std::string> parts = {"color", "shape"};
  const auto a = joined(joined(rows({1, 1, 1, 0.5}, 1, "color"), rows({0, 0.5}, 1, "shape")),
                        rows({1, 1}, 1, "spatial")),
             b = joined(joined(rows({0, 0, 0, 0}, 1, "color"), rows({0, 0}, 1, "shape")),
                        rows({0, 0}, 1, "spatial"));
  const auto found = score_difference(a, b, parts);
  EXPECT_EQ(found->difference, (0.875 + 0.25) / 2);
  EXPECT_EQ(found->prompts, 6);
  EXPECT_EQ(found->p, 2.0 / 32) << "five prompts differ, all the same way";
  // Errors .125 of 4 color prompts and .25 of 2 shape prompts: 1.5 degrees of freedom (Welch).
  const double error = std::sqrt(0.125 * 0.125 + 0.25 * 0.25) / 2;
  const double df = std::pow(0.078125, 2) / (std::pow(0.125, 4) / 3 + std::pow(0.25, 4));
  EXPECT_NEAR(found->interval->high, found->difference + error * t_quantile(0.975, df), 1e-12);
}

TEST(ScoreDifference, IsOfSharedPromptsAlone) {
  EXPECT_EQ(score_difference(rows({1, 0.5, 0, 1}), rows({0, 0.5, 0}), {})->prompts, 3);
  EXPECT_FALSE(score_difference(rows({1}), rows({0}), {}));
  EXPECT_FALSE(score_difference(rows({1, 1}, 1, "color"), rows({1, 1}, 1, "shape"), {}));
  const std::vector<std::string> parts = {"color"};
  EXPECT_FALSE(score_difference(rows({1}), rows({0}), parts)) << "one prompt of the part";
}

TEST(ScoreDifference, IsSaidInASentenceWithHolmsPForAFamily) {
  const ScoreDifference one{.difference = 0.031,
                            .interval = Interval{0.004, 0.058},
                            .p = 0.0214,
                            .test = "sign flips",
                            .prompts = 553};
  EXPECT_THAT(
      describe(std::vector{one}),
      testing::ElementsAre("+3.1 points [0.4, 5.8] over 553 prompts, p = 0.021 (sign flips)"));
  ScoreDifference same = one;
  same.interval.reset();
  EXPECT_THAT(describe(std::vector{one, same}),
              testing::ElementsAre(HasSubstr("p = 0.021, 0.043 adjusted"),
                                   HasSubstr("(no interval: no spread)")));
}

}  // namespace
}  // namespace lidit::benchmarks
