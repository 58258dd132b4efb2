#include "results/statistics/agreement.h"

#include <cmath>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

using Ratings = std::vector<Rating>;

TEST(Agreement, AlphaWithMissingRatingsMatchesThePackageKrippendorff) {
  const json& answer = golden()["agreement"];
  const Integers units = answer["units"], raters = answer["raters"];
  const Numbers values = answer["values"];
  Ratings ratings;
  for (std::size_t i = 0; i < values.size(); ++i)
    ratings.push_back({units[i], raters[i], values[i]});
  EXPECT_NEAR(krippendorff_alpha(ratings, RatingScale::nominal).value(),
              answer["nominal"].get<double>(), kClose);
  EXPECT_NEAR(krippendorff_alpha(ratings, RatingScale::interval).value(),
              answer["interval"].get<double>(), kClose);
}

TEST(Agreement, IsOneWhereAllAgreeAndNothingWhereNothingVaries) {
  EXPECT_EQ(
      krippendorff_alpha(Ratings{{0, 0, 1}, {0, 1, 1}, {1, 0, 2}, {1, 1, 2}}, RatingScale::nominal),
      1);
  EXPECT_FALSE(krippendorff_alpha(Ratings{{0, 0, 1}, {0, 1, 1}}, RatingScale::nominal));
  EXPECT_FALSE(krippendorff_alpha(Ratings{{0, 0, 1}, {1, 0, 2}}, RatingScale::nominal));
  EXPECT_FALSE(krippendorff_alpha({}, RatingScale::interval));
}

TEST(Agreement, RefusesNaNAndARaterWhoRatesTwice) {
  EXPECT_THROW(krippendorff_alpha(Ratings{{0, 0, std::nan("")}}, RatingScale::nominal),
               std::invalid_argument);
  EXPECT_THROW(krippendorff_alpha(Ratings{{0, 0, 1}, {0, 0, 1}}, RatingScale::nominal),
               std::invalid_argument);
}

}  // namespace
}  // namespace lidit
