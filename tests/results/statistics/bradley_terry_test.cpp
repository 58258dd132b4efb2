#include "results/statistics/bradley_terry.h"

#include <cmath>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

TEST(BradleyTerry, StrengthsMatchTheLogisticRegressionOfStatsmodels) {
  for (const json& answer : golden()["bradley_terry"]) {
    const auto found = bradley_terry(Numbers(answer["wins"]), answer["systems"]).value();
    const Numbers expected = answer["logits"];
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], kClose);
  }
}

TEST(BradleyTerry, OfTwoSystemsIsTheLogitOfTheWinRate) {
  const auto found = bradley_terry(Numbers{0, 30, 10, 0}, 2).value();
  EXPECT_NEAR(found[0] - found[1], std::log(3), 1e-12);
}

TEST(BradleyTerry, WithoutALossOrAMeetingHasNoAnswer) {
  EXPECT_FALSE(bradley_terry(Numbers{0, 3, 0, 0}, 2));  // never lost
  EXPECT_FALSE(bradley_terry(Numbers{0, 1, 0, 0,        // two pairs that never met
                                     1, 0, 0, 0,        //
                                     0, 0, 0, 1,        //
                                     0, 0, 1, 0},
                             4));
  EXPECT_FALSE(bradley_terry(Numbers{0}, 1));
}

TEST(BradleyTerry, RefusesCountsThatAreNone) {
  EXPECT_THROW(bradley_terry(Numbers{0, 1, 1}, 2), std::invalid_argument);
  EXPECT_THROW(bradley_terry(Numbers{0, -1, 1, 0}, 2), std::invalid_argument);
  EXPECT_THROW(bradley_terry(Numbers{0, std::nan(""), 1, 0}, 2), std::invalid_argument);
  EXPECT_THROW(bradley_terry(Numbers{2, 1, 1, 0}, 2), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
