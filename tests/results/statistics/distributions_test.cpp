#include "results/statistics/distributions.h"

#include <cmath>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

TEST(Distributions, QuantilesMatchScipy) {
  for (const json& answer : golden()["t_quantiles"]) {
    const double value = answer["value"];
    EXPECT_NEAR(t_quantile(answer["probability"], answer["df"]), value, kClose * std::abs(value));
    EXPECT_NEAR(t_cumulative(value, answer["df"]), answer["probability"].get<double>(), kClose);
  }
  for (const json& answer : golden()["normal_quantiles"])
    EXPECT_NEAR(normal_quantile(answer["probability"]), answer["value"].get<double>(), kClose);
}

TEST(Distributions, TailsMatchScipy) {
  for (const json& answer : golden()["normal_tails"]) {
    const double value = answer["value"];
    EXPECT_NEAR(normal_cumulative(answer["z"]), value, 1e-13 * value);
  }
  for (const json& answer : golden()["binomial"])
    EXPECT_NEAR(binomial_cumulative(answer["k"], answer["n"], answer["p"]),
                answer["value"].get<double>(), kClose);
}

TEST(Distributions, RefuseWhatIsOutOfRange) {
  EXPECT_THROW(normal_cumulative(std::nan("")), std::invalid_argument);
  EXPECT_THROW(binomial_cumulative(3, 2, 0.5), std::invalid_argument);
  EXPECT_THROW(binomial_cumulative(1, 2, 1), std::invalid_argument);
  EXPECT_THROW(t_quantile(0.5, 0), std::invalid_argument);
  EXPECT_THROW(t_cumulative(std::nan(""), 3), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
