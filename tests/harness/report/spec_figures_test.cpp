#include "harness/report/spec_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::Not;

Record record(const std::string& strategy, std::int64_t seed, std::vector<double> by_position) {
  Record made{
      .fingerprint = std::string(64, 'a'),
      .name = "cell",
      .asked = {
          {"seed", seed}, {"strategy", strategy}, {"world.preset", std::string("quick-four")}}};
  double sum = 0;
  for (std::size_t k = 0; k < by_position.size(); ++k) {
    sum += by_position[k];
    made.measurements.push_back({.name = "position-seen.binding.position." + std::to_string(k + 1),
                                 .value = by_position[k],
                                 .unit = "fraction"});
  }
  made.measurements.push_back({.name = "position-seen.binding",
                               .value = sum / static_cast<double>(by_position.size()),
                               .unit = "fraction"});
  made.series.push_back({.name = "seen.binding",
                         .x_name = "steps",
                         .x_unit = "",
                         .y_name = "binding",
                         .y_unit = "fraction",
                         .x = {10, 20},
                         .y = {0.1, 0.2}});
  return made;
}

SpecResults two_rows() {
  SpecResults results;
  results.rows.push_back({.label = "raw", .records = {}, .folders = {}, .missing = {}});
  for (std::int64_t seed = 0; seed < 3; ++seed)
    results.rows.back().records.push_back(
        record("raw-llm", seed, {0.9, 0.8, 0.7, 0.6 + 0.01 * static_cast<double>(seed)}));
  results.rows.push_back({.label = "bag <of> words", .records = {}, .folders = {}, .missing = {}});
  for (std::int64_t seed = 0; seed < 3; ++seed)
    results.rows.back().records.push_back(record("bag-oracle", seed, {0.05, 0.06, 0.07, 0.06}));
  return results;
}

AblationSpec with_figure(FigureKind kind, const std::string& measurement) {
  AblationSpec spec;
  spec.figures = {{"by_position", "Binding", kind, measurement}};
  return spec;
}

TEST(SpecFigures, DrawTrainedRowsAsCurvesAndFloorsAsLevels) {
  const auto figures =
      draw_figures(with_figure(FigureKind::position, "position-seen.binding"), two_rows());
  ASSERT_EQ(figures.size(), 1u);
  EXPECT_EQ(figures[0].name, "by_position");
  EXPECT_THAT(figures[0].svg, HasSubstr("bag &lt;of&gt; words"));
  EXPECT_THAT(figures[0].svg, HasSubstr("position of the object in the prompt"));
  std::size_t circles = 0;
  for (auto at = figures[0].svg.find("<circle"); at != std::string::npos;
       at = figures[0].svg.find("<circle", at + 1))
    ++circles;
  EXPECT_EQ(circles, 4u);  // one curve of four positions
  EXPECT_THAT(figures[0].caption, HasSubstr("drawn world (quick-four)"));
  EXPECT_THAT(figures[0].caption, HasSubstr("seeds"));
}

TEST(SpecFigures, DrawLearningCurvesOverSteps) {
  const auto figures = draw_figures(with_figure(FigureKind::learning, "seen.binding"), two_rows());
  EXPECT_THAT(figures[0].svg, HasSubstr("training steps"));
  EXPECT_THAT(figures[0].svg, HasSubstr("<polygon"));
}

TEST(SpecFigures, DrawNoWhiskersWhereThereIsNoInterval) {
  SpecResults results;
  const auto one = record("raw-llm", 0, {0.9, 0.8, 0.7, 0.6});
  static const TemporaryFolder none;
  none.write("prompts.jsonl", "");  // nothing to resample
  results.rows.push_back(
      {.label = "raw", .records = {one}, .folders = {none.path()}, .missing = {}});
  const AblationSpec spec = with_figure(FigureKind::position, "position-seen.binding");
  const auto strokes = [](const std::string& svg) {
    std::size_t found = 0;
    for (auto at = svg.find("stroke-width=\"1.4\""); at != std::string::npos;
         at = svg.find("stroke-width=\"1.4\"", at + 1))
      ++found;
    return found;
  };
  EXPECT_EQ(strokes(draw_figures(spec, results)[0].svg), 0u);
  EXPECT_GT(strokes(draw_figures(spec, two_rows())[0].svg), 0u);
}

TEST(SpecFigures, SayThatThereAreNoDataYetAndDrawNothingUnasked) {
  const auto empty =
      draw_figures(with_figure(FigureKind::position, "position-seen.binding"), SpecResults{});
  EXPECT_THAT(empty[0].svg, HasSubstr("no data yet"));
  EXPECT_TRUE(draw_figures(AblationSpec{}, two_rows()).empty());
}

TEST(SpecFigures, TheSameRecordsGiveTheSameBytes) {
  const AblationSpec spec = with_figure(FigureKind::position, "position-seen.binding");
  EXPECT_EQ(draw_figures(spec, two_rows())[0].svg, draw_figures(spec, two_rows())[0].svg);
}

}  // namespace
}  // namespace lidit
