#include "results/scatter_chart.h"

#include <gmock/gmock.h>

#include <cmath>
#include <stdexcept>

namespace lidit {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ScatterChart two_points() {
  return {
      .title = "Rates <of sizes>",
      .x_label = "parameters",
      .y_label = "tokens per second",
      .series = {{"bf16", {{1e8, 2000, 1900, 2100, "small"}, {8e9, 30, {}, {}, "large", true}}}},
      .guides = {{"roof", {1e8, 1e10}, {3000, 3000}}},
      .log_x = true,
      .log_y = true};
}

TEST(ScatterChart, GivesTheSameBytesForTheSameData) {
  EXPECT_EQ(to_svg(two_points()), to_svg(two_points()));
}

TEST(ScatterChart, LabelsPointsAndEscapesWhatItIsGiven) {
  const std::string svg = to_svg(two_points());
  EXPECT_THAT(svg, HasSubstr(">small<"));
  EXPECT_THAT(svg, HasSubstr(">roof<"));
  EXPECT_THAT(svg, HasSubstr("Rates &lt;of sizes&gt;"));
}

TEST(ScatterChart, LeavesOutALabelThatHasNoRoom) {
  ScatterChart chart = two_points();
  for (int i = 0; i < 30; ++i) chart.series[0].marks.push_back({1e8, 2000, {}, {}, "crowd"});
  const std::string svg = to_svg(chart);
  std::size_t labels = 0;
  for (std::size_t at = svg.find(">crowd<"); at != svg.npos; at = svg.find(">crowd<", at + 1))
    ++labels;
  EXPECT_LT(labels, 5u);
}

TEST(ScatterChart, RefusesWhatItCannotShow) {
  for (const double bad : {0.0, -1.0, std::nan(""), double{INFINITY}}) {
    ScatterChart chart = two_points();
    chart.series[0].marks[0].y = bad;
    EXPECT_THROW(to_svg(chart), std::logic_error) << bad;
  }
  ScatterChart chart = two_points();
  chart.guides[0].x.pop_back();
  EXPECT_THROW(to_svg(chart), std::logic_error);
}

TEST(ScatterChart, TakesNegativeValuesOnAStraightAxis) {
  ScatterChart chart = two_points();
  chart.log_y = false;
  chart.series[0].marks[0].y = -5;
  EXPECT_THAT(to_svg(chart), HasSubstr("<circle"));
}

TEST(ScatterChart, SaysThatThereIsNothingYet) {
  EXPECT_THAT(to_svg(ScatterChart{.title = "t", .x_label = "", .y_label = "", .series = {}}),
              HasSubstr("no data yet"));
}

TEST(ScatterChart, HasRoundTicksOnLogarithmicAxes) {
  EXPECT_THAT(log_ticks(0.9, 60), ElementsAre(1, 2, 5, 10, 20, 50));
  EXPECT_THAT(log_ticks(5, 2e4), ElementsAre(10, 100, 1000, DoubleEq(1e4)));
  EXPECT_THROW(log_ticks(0, 1), std::logic_error);
  EXPECT_THROW(log_ticks(1, std::nan("")), std::logic_error);
}

TEST(ScatterChart, ShortensNumbers) {
  EXPECT_EQ(short_number(0.5), "0.5");
  EXPECT_EQ(short_number(1000), "1k");
  EXPECT_EQ(short_number(1.345e8), "134M");
  EXPECT_EQ(short_number(-2e9), "-2G");
  EXPECT_EQ(short_number(0), "0");
}

}  // namespace
}  // namespace lidit
