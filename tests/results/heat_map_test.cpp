#include "results/heat_map.h"

#include <gmock/gmock.h>

#include <cmath>
#include <stdexcept>

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::Not;

HeatMap map_of(std::vector<std::vector<std::optional<double>>> values) {
  return {.title = "Leak & own",
          .row_name = "from",
          .column_name = "to",
          .panels = {{{"one < two", std::move(values)}}}};
}

TEST(HeatMap, ShowsEveryValueAndEscapesWords) {
  const std::string svg = to_svg(map_of({{0.5, -0.25}, {std::nullopt, 0.001}}));
  EXPECT_THAT(svg, testing::StartsWith("<svg "));
  EXPECT_THAT(svg, testing::EndsWith("</svg>\n"));
  for (const char* part : {">0.50</text>", ">-0.25</text>", ">0</text>", "Leak &amp; own",
                           "one &lt; two", ">from</text>", ">to</text>"})
    EXPECT_THAT(svg, HasSubstr(part));
  EXPECT_EQ(svg, to_svg(map_of({{0.5, -0.25}, {std::nullopt, 0.001}})));
}

TEST(HeatMap, TheLargestValueIsDarkest) {
  const std::string svg = to_svg(map_of({{0.5, 0.25}}));
  EXPECT_THAT(svg, HasSubstr("fill-opacity=\"1\"/>"));
  EXPECT_THAT(svg, HasSubstr("fill-opacity=\"0.5\"/>"));
}

TEST(HeatMap, PanelsStandBelowEachOtherWhateverTheirTitles) {
  HeatMap map = map_of({{0.5}});
  const HeatMapPanel wide{"a much longer title than the others have", {{0.5}}},
      second{"b", {{0.5}}};
  map.panels = {{wide, second}, {second, second}};
  const std::string svg = to_svg(map), title = ">b</text>";
  // The titles of the second column have the same x.
  const auto x_before = [&](std::size_t end) {
    const std::size_t begin = svg.rfind("<text x=\"", end);
    return svg.substr(begin, svg.find('"', begin + 9) - begin);
  };
  const std::size_t upper = svg.find(title), lower = svg.rfind(title);
  EXPECT_NE(upper, lower);
  EXPECT_EQ(x_before(upper), x_before(lower));
}

TEST(HeatMap, OfNothingSaysSo) {
  EXPECT_THAT(to_svg(HeatMap{.title = "t", .row_name = "", .column_name = "", .panels = {}}),
              HasSubstr("no data yet"));
}

TEST(HeatMap, RefusesWhatIsNoMatrixOfNumbers) {
  EXPECT_THROW(to_svg(map_of({{1.0, 2.0}, {1.0}})), std::logic_error);
  EXPECT_THROW(to_svg(map_of({{NAN}})), std::logic_error);
}

}  // namespace
}  // namespace lidit
