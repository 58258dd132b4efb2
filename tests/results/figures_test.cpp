#include "results/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace lidit {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

LineChart two_curves() {
  return {.title = "Binding <while> learning",
          .x_label = "steps",
          .y_label = "binding",
          .curves = {{"raw", {100, 200, 300}, {.1, .4, .6}, {.05, .3, .5}, {.2, .5, .7}},
                     {"refiner", {100, 200, 300}, {.2, .6, .8}, {}, {}}},
          .references = {{"bag floor", .4}}};
}

TEST(Figures, TicksAreRoundAndSpanTheRange) {
  EXPECT_THAT(round_ticks(0, 1, 6), ElementsAre(0, .2, .4, testing::DoubleNear(.6, 1e-12), .8, 1));
  EXPECT_THAT(round_ticks(3, 47, 6), ElementsAre(10, 20, 30, 40));
  EXPECT_THROW(round_ticks(1, 1, 6), std::logic_error);
  EXPECT_THROW(round_ticks(0, NAN, 6), std::logic_error);
}

TEST(Figures, TheSameDataGiveTheSameBytes) {
  EXPECT_EQ(to_svg(two_curves()), to_svg(two_curves()));
}

TEST(Figures, WriteLabelsOfLinesOfOneHeightSideBySide) {
  LineChart chart = two_curves();
  chart.references = {{"exact tokens", 1}, {"bag floor", .4}, {"verifier", 1}};
  EXPECT_THAT(to_svg(chart),
              AllOf(HasSubstr(">exact tokens, verifier<"), HasSubstr(">bag floor<")));
}

TEST(Figures, EscapeWhatTheUserWrote) {
  const std::string svg = to_svg(two_curves());
  EXPECT_THAT(svg, HasSubstr("Binding &lt;while&gt; learning"));
  EXPECT_THAT(svg, Not(HasSubstr("<while>")));
  EXPECT_EQ(escape_markup("a&b<c>\"d'"), "a&amp;b&lt;c&gt;&quot;d&#39;");
}

TEST(Figures, RefuseNumbersThatAreNone) {
  LineChart chart = two_curves();
  chart.curves[0].y[1] = NAN;
  EXPECT_THROW(to_svg(chart), std::logic_error);
  const BarChart bars{.title = "t",
                      .value_label = "v",
                      .series = {"seen"},
                      .groups = {{"raw", {{.value = INFINITY, .low = {}, .high = {}}}}}};
  EXPECT_THROW(to_svg(bars), std::logic_error);
}

TEST(Figures, RefuseColumnsOfDifferentLengths) {
  LineChart chart = two_curves();
  chart.curves[1].x.pop_back();
  EXPECT_THROW(to_svg(chart), std::logic_error);
}

TEST(Figures, SayThatAValueIsMissingAndThatAChartIsEmpty) {
  const BarChart bars{.title = "t",
                      .value_label = "v",
                      .series = {"seen", "held out"},
                      .groups = {{"raw", {{.value = .5, .low = .4, .high = .6}, {}}}}};
  EXPECT_THAT(to_svg(bars), HasSubstr(">missing<"));
  EXPECT_THAT(to_svg(LineChart{.title = "t", .x_label = "", .y_label = "", .curves = {}}),
              HasSubstr("no data yet"));
}

TEST(Figures, WhiskersStandBesideEachOtherAtTheValuesOfX) {
  LineChart chart{.title = "t",
                  .x_label = "position",
                  .y_label = "y",
                  .curves = {{"raw", {1, 2, 4}, {.5, .4, .3}, {.4, .3, .2}, {.6, .5, .4}},
                             {"refiner", {1, 2, 4}, {.5, .4, .3}, {.4, .3, .2}, {.6, .5, .4}}},
                  .y_range = {0, 1},
                  .spread = Spread::whiskers};
  const std::string svg = to_svg(chart);
  EXPECT_THAT(svg, Not(HasSubstr("<polygon")));
  for (const char* tick : {">1<", ">2<", ">4<"}) EXPECT_THAT(svg, HasSubstr(tick));
  EXPECT_THAT(svg, Not(HasSubstr(">3<")));
  chart.curves.resize(1);
  const std::string alone = to_svg(chart);
  const auto first_point = [](const std::string& text) {
    const auto at = text.find("<circle cx=\"") + 12;
    return text.substr(at, text.find('"', at) - at);
  };
  EXPECT_NEAR(std::stod(first_point(alone)) - std::stod(first_point(svg)), 2.5, 0.011);
}

TEST(Figures, AnAxisOfEqualValuesStillHasTicks) {
  LineChart chart{
      .title = "t", .x_label = "x", .y_label = "y", .curves = {{"one", {5}, {1}, {}, {}}}};
  EXPECT_THAT(to_svg(chart), HasSubstr("<circle"));
}

}  // namespace
}  // namespace lidit
