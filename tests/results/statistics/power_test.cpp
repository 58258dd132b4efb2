#include "results/statistics/power.h"

#include <cmath>
#include <stdexcept>

#include "tests/results/statistics/golden.h"

namespace lidit {
namespace {

TEST(Power, DetectableEffectOfADesignMatchesScipy) {
  for (const json& answer : golden()["detectable"])
    EXPECT_NEAR(
        minimum_detectable_effect(PairedDesign{.prompts = answer["prompts"],
                                               .difference_variance = answer["difference_variance"],
                                               .within_a = answer["within_a"],
                                               .within_b = answer["within_b"],
                                               .images_a = answer["images_a"],
                                               .images_b = answer["images_b"]}),
        answer["effect"].get<double>(), kClose);
}

TEST(Power, DetectableEffectOfFewPairsIsCloseToTheNoncentralT) {
  for (const json& answer : golden()["noncentral"]) {
    const double pairs = answer["pairs"];
    const double found = minimum_detectable_effect(1, pairs - 1);
    EXPECT_NEAR(found, answer["approximation"].get<double>(), kClose);
    const double exact = answer["effect"];
    EXPECT_NEAR(found, exact, (pairs < 5 ? 0.06 : 0.02) * exact);
  }
}

TEST(Power, MoreImagesOnlyShrinkWhatIsWithinPrompts) {
  const PairedDesign one{.prompts = 100, .difference_variance = 0.04, .within_a = 0.1};
  PairedDesign many = one;
  many.images_a = 1'000'000;
  EXPECT_LT(standard_error(many), standard_error(one));
  EXPECT_NEAR(standard_error(many), 0.02, 1e-6);
}

TEST(Power, RefusesDesignsThatCannotBe) {
  EXPECT_THROW(standard_error(PairedDesign{.prompts = 0, .difference_variance = 1}),
               std::invalid_argument);
  EXPECT_THROW(standard_error(PairedDesign{.prompts = 9, .difference_variance = std::nan("")}),
               std::invalid_argument);
  EXPECT_THROW(minimum_detectable_effect(std::nan(""), 3), std::invalid_argument);
  EXPECT_THROW(minimum_detectable_effect(1, 3, 0.05, 1), std::invalid_argument);
}

}  // namespace
}  // namespace lidit
