#include "results/statistics/hypothesis_tests.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

TEST(HypothesisTests, PairedDifferencesMatchScipy) {
  for (const json& answer : golden()["paired"]) {
    const Numbers a = answer["a"], b = answer["b"];
    const PairedDifference paired = paired_difference(a, b, 1).value();
    EXPECT_NEAR(paired.difference, answer["difference"].get<double>(), kClose);
    EXPECT_NEAR(paired.standard_error.value(), answer["standard_error"].get<double>(), kClose);
    expect_close(paired.interval.value(), answer, "low", "high");
    EXPECT_NEAR(paired.t_test_p.value(), answer["t_test_p"].get<double>(), kClose);
    const double p = answer["exact_p"];
    const bool exact = a.size() < 14;  // else four standard errors of 10,000 random flips
    EXPECT_NEAR(paired.sign_flip_p, p, exact ? kClose : 4 * std::sqrt(p * (1 - p) / 10'000) + 1e-4);
    Numbers d;
    for (std::size_t i = 0; i < a.size(); ++i) d.push_back(a[i] - b[i]);
    EXPECT_NEAR(equivalence_test(d, 0.5).value(), answer["equivalence_p"].get<double>(), kClose);
  }
}

TEST(HypothesisTests, HolmMatchesStatsmodels) {
  const json& answer = golden()["holm"];
  const Numbers adjusted = holm(Numbers(answer["p"])), expected = answer["adjusted"];
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], kClose);
}

TEST(HypothesisTests, SignFlipsCountSumsThatAreEqualOnPaper) {
  const Numbers d = {0.1, 0.2, 0.3, -0.3};  // sum .3: 12 of the 16 patterns reach it
  EXPECT_EQ(sign_flip_test(d, 1).value(), 12.0 / 16);
  EXPECT_NEAR(sign_flip_test(d, 1, 15).value(), 12.0 / 16, 0.25);  // at random
  EXPECT_EQ(sign_flip_test(Numbers{0, 0, 0}, 1).value(), 1);
}

TEST(HypothesisTests, SignFlipsOfThreePairsCannotGoBelowAQuarter) {
  EXPECT_EQ(sign_flip_test(Numbers{5, 6, 7}, 0).value(), 0.25);
}

TEST(HypothesisTests, SignFlipsOfAMacroMeanMatchScipy) {
  const json& answer = golden()["stratified"];
  EXPECT_NEAR(
      stratified_sign_flip_test(Numbers(answer["differences"]), Integers(answer["strata"]), 0)
          .value(),
      answer["p"].get<double>(), kClose);
}

TEST(HypothesisTests, DifferencesWithinRoundingAreNone) {
  const Numbers a = {0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2}, b = {0.3, 0.3, 0.3};
  EXPECT_EQ(paired_differences(a, b), (Numbers{0, 0, 0}));
  const PairedDifference same = paired_difference(a, b, 0).value();
  EXPECT_EQ(same.difference, 0);
  EXPECT_EQ(same.sign_flip_p, 1);
}

TEST(HypothesisTests, DifferencesThatAreAllTheSameHaveNoErrorToTestBy) {
  const Numbers a = {0.81, 0.71, 0.91}, b = {0.80, 0.70, 0.90}, d = {0.2, 0.2, 0.2};
  const PairedDifference found = paired_difference(a, b, 0).value();
  EXPECT_NEAR(found.difference, 0.01, 1e-12);
  EXPECT_FALSE(found.standard_error || found.interval || found.t_test_p);
  EXPECT_EQ(found.sign_flip_p, 0.25);
  for (const double margin : {0.1, 0.2, 0.3}) EXPECT_FALSE(equivalence_test(d, margin));
  EXPECT_FALSE(equivalence_test(Numbers{0, 0, 0}, 0.1));
  EXPECT_TRUE(paired_difference(a, Numbers{0.80, 0.70, 0.90001}, 0)->interval);
}

TEST(HypothesisTests, SignTestAndMcNemarMatchScipyAndStatsmodels) {
  for (const json& answer : golden()["sign_test"])
    EXPECT_NEAR(sign_test(answer["wins"], answer["losses"]).value(), answer["p"].get<double>(),
                kClose);
  for (const json& answer : golden()["mcnemar"])
    EXPECT_NEAR(mcnemar_test(Numbers(answer["a"]), Numbers(answer["b"])).value(),
                answer["p"].get<double>(), kClose);
  EXPECT_EQ(mcnemar_test(Numbers{1, 0}, Numbers{1, 0}).value(), 1);
}

TEST(HypothesisTests, OfNothingOrTooLittleAreNothing) {
  const Numbers none, one = {1};
  EXPECT_FALSE(paired_difference(one, one, 0));
  EXPECT_FALSE(sign_flip_test(none, 0));
  EXPECT_FALSE(stratified_sign_flip_test(none, {}, 0));
  EXPECT_FALSE(equivalence_test(one, 0.1));
  EXPECT_FALSE(sign_test(0, 0));
  EXPECT_FALSE(mcnemar_test(none, none));
  EXPECT_TRUE(holm(none).empty());
}

TEST(HypothesisTests, RefuseNumbersThatAreNotFiniteOrDoNotFit) {
  const Numbers bad = {1, std::nan("")}, good = {1, 2};
  EXPECT_THROW(sign_flip_test(bad, 0), std::invalid_argument);
  EXPECT_THROW(sign_flip_test(good, 0, 0), std::invalid_argument);
  EXPECT_THROW(stratified_sign_flip_test(good, Integers{0}, 0), std::invalid_argument);
  EXPECT_THROW(paired_difference(bad, good, 0), std::invalid_argument);
  EXPECT_THROW(paired_difference(good, bad, 0), std::invalid_argument);
  EXPECT_THROW(paired_difference(good, Numbers{1}, 0), std::invalid_argument);
  const Numbers infinite = {1, std::numeric_limits<double>::infinity()};
  EXPECT_THROW(paired_difference(infinite, good, 0), std::invalid_argument);
  EXPECT_THROW(paired_difference(good, infinite, 0), std::invalid_argument);
  EXPECT_THROW(equivalence_test(good, 0), std::invalid_argument);
  EXPECT_THROW(equivalence_test(good, std::nan("")), std::invalid_argument);
  EXPECT_THROW(mcnemar_test(Numbers{0.5}, Numbers{1}), std::invalid_argument);
  EXPECT_THROW(mcnemar_test(Numbers{1}, Numbers{std::nan("")}), std::invalid_argument);
  EXPECT_THROW(sign_test(-1, 2), std::invalid_argument);
  EXPECT_THROW(holm(bad), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
