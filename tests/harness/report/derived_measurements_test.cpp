#include "harness/report/derived_measurements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lidit {
namespace {

Measurement binding(const std::string& name, double value) {
  return {.name = name, .value = value, .unit = "fraction", .n = 240, .higher_is_better = true};
}

Series curve(std::vector<double> x, std::vector<double> y) {
  return {.name = "structures.binding",
          .x_name = "steps",
          .x_unit = "",
          .y_name = "binding",
          .y_unit = "fraction",
          .x = std::move(x),
          .y = std::move(y)};
}

Record with_positions(const std::string& split, std::vector<double> values) {
  Record record{.fingerprint = "", .name = "", .measurements = {binding(split + ".binding", 0.5)}};
  for (std::size_t k = 0; k < values.size(); ++k)
    record.measurements.push_back(
        binding(split + ".binding.position." + std::to_string(k + 1), values[k]));
  add_derived_measurements(record);
  return record;
}

TEST(DerivedMeasurements, TheSlopeOfAStraightFallIsItsHeightOverTheWholePrompt) {
  // Centres at 1/8, 3/8, 5/8, 7/8 of the prompt: 0.1 from one to the next is 0.4 from end to end.
  const Record record = with_positions("position-seen", {0.8, 0.7, 0.6, 0.5});
  EXPECT_NEAR(*record.find("position-seen.slope")->value, -0.4, 1e-12);
  EXPECT_NEAR(*record.find("position-seen.gap")->value, 0.3, 1e-12);
  EXPECT_FALSE(record.find("position-seen.slope")->higher_is_better);
}

TEST(DerivedMeasurements, ACurveThatFallsAndRisesAsMuchHasNoSlope) {
  const Record record = with_positions("position-seen", {0.9, 0.1, 0.1, 0.9});
  EXPECT_NEAR(*record.find("position-seen.slope")->value, 0, 1e-12);
}

TEST(DerivedMeasurements, CompareNoPositionsInMixedSets) {
  EXPECT_EQ(with_positions("seen", {0.8, 0.2}).find("seen.slope"), nullptr);
  EXPECT_EQ(with_positions("position-seen", {0.8}).find("position-seen.slope"), nullptr);
}

TEST(DerivedMeasurements, SampleEfficiencyIsReadOffTheLearningCurve) {
  Record record{.fingerprint = "", .name = "", .series = {curve({100, 200, 400}, {0.2, 0.6, 0.8})}};
  add_derived_measurements(record);
  // Trapezoids from (0, 0): 10 + 40 + 140 over 400 steps.
  EXPECT_NEAR(*record.find("structures.learning.area")->value, 190.0 / 400, 1e-12);
  EXPECT_NEAR(*record.find("structures.learning.steps_to_50")->value, 175, 1e-12);
  const Measurement* never = record.find("structures.learning.steps_to_90");
  ASSERT_NE(never, nullptr);
  EXPECT_FALSE(never->value);
  EXPECT_EQ(never->reason, "not reached in 400 steps");
}

TEST(DerivedMeasurements, ACurveThatStartsAboveAShareReachesItOnTheWayFromZero) {
  Record record{.fingerprint = "", .name = "", .series = {curve({100}, {1.0})}};
  add_derived_measurements(record);
  EXPECT_NEAR(*record.find("structures.learning.steps_to_50")->value, 50, 1e-12);
}

TEST(DerivedMeasurements, KeepWhatTheRecordHasAndDoNothingToRecordsWithoutCurves) {
  Record record{.fingerprint = "",
                .name = "",
                .measurements = {binding("seen.binding", 0.5)},
                .series = {{.name = "loss",
                            .x_name = "steps",
                            .x_unit = "",
                            .y_name = "loss",
                            .y_unit = "",
                            .x = {1},
                            .y = {1}}}};
  const Record before = record;
  add_derived_measurements(record);
  EXPECT_EQ(record, before);
  Record twice = with_positions("position-seen", {0.8, 0.7});
  const std::size_t count = twice.measurements.size();
  add_derived_measurements(twice);
  EXPECT_EQ(twice.measurements.size(), count);
}

}  // namespace
}  // namespace lidit
