#include "results/statistics/variance_components.h"

#include <cmath>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

TEST(VarianceComponents, OfPromptsAndTheirImagesMatchAnalysisOfVariance) {
  for (const json& answer : golden()["one_way"]) {
    const VarianceSplit split = split_variance(Numbers(answer["values"]), answer["images"]).value();
    EXPECT_NEAR(split.between_mean_square, answer["between_mean_square"].get<double>(), kClose);
    EXPECT_NEAR(split.within_mean_square, answer["within_mean_square"].get<double>(), kClose);
    EXPECT_NEAR(split.intraclass_correlation, answer["icc"].get<double>(), kClose);
    EXPECT_NEAR(split.design_effect, answer["design_effect"].get<double>(), kClose);
  }
}

TEST(VarianceComponents, NegativeEstimatesAreNone) {
  const Numbers x = {0, 1, 1, 0, 0, 1};  // all spread is within prompts
  EXPECT_EQ(split_variance(x, 2)->between, 0);
  EXPECT_LT(split_variance(x, 2)->intraclass_correlation, 0);
}

TEST(VarianceComponents, OfPromptsCrossedWithSeedsMatchAnalysisOfVariance) {
  const json& answer = golden()["crossed"];
  const CrossedVariance split =
      split_crossed_variance(Numbers(answer["values"]), answer["seeds"]).value();
  EXPECT_NEAR(split.prompts, answer["of_prompts"].get<double>(), kClose);
  EXPECT_NEAR(split.seeds, answer["of_seeds"].get<double>(), kClose);
  EXPECT_NEAR(split.residual, answer["residual"].get<double>(), kClose);
  EXPECT_NEAR(split.standard_error, answer["standard_error"].get<double>(), kClose);
}

TEST(VarianceComponents, NeedTwoOfEachKindAndSomeSpread) {
  const Numbers x = {1, 2, 3, 4}, constant = {2, 2, 2, 2};
  EXPECT_FALSE(split_variance(x, 4));
  EXPECT_FALSE(split_variance(x, 1));
  EXPECT_FALSE(split_variance(constant, 2));
  EXPECT_FALSE(split_crossed_variance(x, 4));
  EXPECT_FALSE(split_crossed_variance(x, 1));
  EXPECT_THROW(split_variance(x, 3), std::invalid_argument);
  EXPECT_THROW(split_variance(x, 0), std::invalid_argument);
  EXPECT_THROW(split_variance(Numbers{1, std::nan("")}, 2), std::invalid_argument);
  EXPECT_THROW(split_crossed_variance(Numbers{1, std::nan("")}, 2), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
