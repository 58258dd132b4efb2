#include "harness/report/comparison_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/report/spec_page.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Record record(std::int64_t seed, double binding, double seconds = 0.1) {
  return {.fingerprint = std::string(64, 'a'),
          .name = "cell",
          .asked = {{"seed", seed},
                    {"strategy", std::string("raw-llm")},
                    {"world.preset", std::string("quick")}},
          .measurements = {{.name = "structures.binding", .value = binding, .unit = "fraction"},
                           {.name = "train.seconds_per_step", .value = seconds, .unit = "s"}},
          .series = {{.name = "loss",
                      .x_name = "step",
                      .x_unit = "",
                      .y_name = "loss",
                      .y_unit = "",
                      .x = {1},
                      .y = {1}}}};
}

/// A row of records without raw rows.
RowResults row(const std::string& label, std::vector<Record> records) {
  static const TemporaryFolder none;
  none.write("prompts.jsonl", "");
  std::vector<std::filesystem::path> folders(records.size(), none.path());
  return {
      .label = label, .records = std::move(records), .folders = std::move(folders), .missing = {}};
}

AblationSpec spec_of(const SpecResults& results, std::vector<std::int64_t> seeds) {
  AblationSpec spec;
  spec.name = "spec";
  spec.title = "Title";
  spec.seeds = std::move(seeds);
  for (const RowResults& one : results.rows) spec.rows.push_back({.label = one.label});
  spec.table.columns = {{.measurement = "structures.binding", .label = "held-out"},
                        {.measurement = "train.seconds_per_step", .label = "per step"}};
  spec.table.reference = results.rows.front().label;
  return spec;
}

std::vector<std::string> titles(const Table& table) {
  std::vector<std::string> all;
  for (const Column& column : table.columns) all.push_back(column.title);
  return all;
}

SpecResults with_three_seeds() {
  return {.rows = {row("plain", {record(0, 0.5), record(1, 0.6), record(2, 0.7)}),
                   row("better", {record(0, 0.701), record(1, 0.799), record(2, 0.9)})}};
}

TEST(ComparisonTable, ShowsTwoSeedsAsTheirRangeAndComparesNothing) {
  const SpecResults results{.rows = {row("plain", {record(0, 0.5), record(1, 0.7)}),
                                     row("better", {record(0, 0.8), record(1, 0.9)})}};
  const Table table = comparison_table(spec_of(results, {0, 1}), results);
  EXPECT_THAT(titles(table), ElementsAre("row", "held-out", "per step"));
  const Cell& cell = table.rows[0][1];
  EXPECT_DOUBLE_EQ(*cell.value, 0.6);
  EXPECT_EQ(cell.interval, (Interval{0.5, 0.7}));
  EXPECT_THAT(print(table, TableFormat::terminal), HasSubstr("60.0 [50.0, 70.0]"));
  EXPECT_THAT(table.caption, HasSubstr("2 seeds: fewer than five, no claim"));
}

TEST(ComparisonTable, GivesAConstantNoInterval) {
  const SpecResults results{.rows = {row("plain", {record(0, 0.5), record(1, 0.5)})}};
  EXPECT_FALSE(comparison_table(spec_of(results, {0, 1}), results).rows[0][1].interval);
}

TEST(ComparisonTable, ComparesWithTheReferenceFromThreeSeedsOn) {
  const SpecResults results = with_three_seeds();
  const Table table = comparison_table(spec_of(results, {0, 1, 2}), results);
  EXPECT_THAT(titles(table), ElementsAre("row", "held-out", "per step", "held-out - plain", "p",
                                         "adjusted p", "verdict"));
  EXPECT_NEAR(*table.rows[1][3].value, 0.2, 1e-12);
  EXPECT_EQ(table.rows[1][6].text, "higher");
  EXPECT_EQ(table.rows[0][6].text, "");
}

TEST(ComparisonTable, SaysNoDifferenceOnlyWhereTheEquivalenceTestDoes) {
  const SpecResults results{
      .rows = {row("plain", {record(0, 0.500), record(1, 0.601), record(2, 0.700)}),
               row("same", {record(0, 0.501), record(1, 0.600), record(2, 0.701)}),
               row("noisy", {record(0, 0.40), record(1, 0.75), record(2, 0.68)})}};
  const Table table = comparison_table(spec_of(results, {0, 1, 2}), results);
  EXPECT_EQ(table.rows[1][6].text, "no difference (within 3 points)");
  EXPECT_EQ(table.rows[2][6].text, "inside the noise");
}

TEST(ComparisonTable, ClaimsNothingWhereEverySeedDiffersByTheSame) {
  const SpecResults results{.rows = {row("floor", {record(0, 0.2), record(1, 0.2), record(2, 0.2)}),
                                     row("ceiling", {record(0, 1), record(1, 1), record(2, 1)})}};
  const Table table = comparison_table(spec_of(results, {0, 1, 2}), results);
  EXPECT_NEAR(*table.rows[1][3].value, 0.8, 1e-12);
  EXPECT_FALSE(table.rows[1][3].interval || table.rows[1][4].value || table.rows[1][5].value);
  EXPECT_EQ(table.rows[1][6].text, "no spread: no claim");
}

TEST(ComparisonTable, DoesNotCompareRowsOfOtherWorldsAndSaysWhy) {
  SpecResults results = with_three_seeds();
  results.rows.push_back(row("nonsense", {record(0, 0.1), record(1, 0.2), record(2, 0.3)}));
  for (Record& one : results.rows[2].records) one.context["world"] = std::string("nonsense words");
  const Table table = comparison_table(spec_of(results, {0, 1, 2}), results);
  EXPECT_EQ(table.rows[1][6].text, "higher");
  EXPECT_FALSE(table.rows[2][3].value);
  EXPECT_THAT(table.notes, testing::Contains(HasSubstr("nonsense: not compared, ")));
}

TEST(ComparisonTable, DoesNotCompareTheSeedsThatGotThereAlone) {
  SpecResults results = with_three_seeds();
  results.rows.push_back(
      row("lucky", {record(0, 0.8), record(1, 0.9), record(2, 1.0), record(3, 0.0)}));
  results.rows[2].records[3].measurements[0] = {.name = "structures.binding",
                                                .reason = "not reached"};
  const Table table = comparison_table(spec_of(results, {0, 1, 2, 3}), results);
  EXPECT_EQ(table.rows[2][6].text, "");
  EXPECT_EQ(table.rows[1][6].text, "higher");
}

TEST(ComparisonTable, PairsBySeedAndNotByPlace) {
  SpecResults results = with_three_seeds();
  std::ranges::reverse(results.rows[1].records);  // differences by place would be .4, .2, 0
  const Table table = comparison_table(spec_of(results, {0, 1, 2}), results);
  EXPECT_NEAR(*table.rows[1][3].value, 0.2, 1e-12);
  EXPECT_LT(table.rows[1][3].interval->high - table.rows[1][3].interval->low, 0.1);
}

TEST(ComparisonTable, NamesRowsWithFewerSeedsThanAskedFor) {
  SpecResults results = with_three_seeds();
  results.rows[1].records.pop_back();
  const Table table = comparison_table(spec_of(results, {0, 1, 2}), results);
  EXPECT_THAT(print(table, TableFormat::terminal), HasSubstr("better (2 of 3)"));
}

TEST(ComparisonTable, LeavesTimingsOutWhereAsked) {
  const SpecResults results = with_three_seeds();
  const Table table = comparison_table(spec_of(results, {0, 1, 2}), results, Timings::left_out);
  EXPECT_THAT(titles(table), Not(testing::Contains("per step")));
}

class StrongestRows : public testing::Test {
 protected:
  // Two failed prompts, the same for each row, in a folder that write_record made.
  RowResults stored_row(const std::string& label, double binding) {
    Record one = record(0, binding);
    const std::filesystem::path place = folder.path() / label;
    std::filesystem::create_directories(place);
    std::vector<Fields> prompts;
    for (const std::string id : {"first", "second"})
      prompts.push_back({{"id", "structures/" + id},
                         {"split", std::string("structures")},
                         {"prompt", 0.0},
                         {"caption", id},
                         {"wanted", std::string("a")},
                         {"found", std::string("b")}});
    write_record(place, one, prompts);
    RowResults made = row(label, {one});
    made.folders = {place};
    return made;
  }
  TemporaryFolder folder;
};

TEST_F(StrongestRows, ComeBestFirstAndFailOnAPromptOnce) {
  SpecResults results;
  results.rows = {stored_row("weak", 0.2), stored_row("strong", 0.9), stored_row("middle", 0.5)};
  // Their bootstrap needs structures, which these rows lack: two records each make it a range.
  for (RowResults& one : results.rows) one.records.push_back(one.records.front());
  const std::vector<const RowResults*> rows = strongest_rows(results, "structures");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]->label, "strong");
  EXPECT_EQ(rows[2]->label, "weak");
  const Table failures = failure_table(results, "structures", 2);
  ASSERT_EQ(failures.rows.size(), 2u);
  EXPECT_EQ(failures.rows[0][0].text, "strong");
  EXPECT_EQ(failures.rows[0][1].text, "first");
  EXPECT_EQ(failures.rows[1][1].text, "second");
}

TEST_F(StrongestRows, WithoutImagesHaveNoFailuresToShow) {
  SpecResults results{.rows = {stored_row("classifier", 0.2)}};
  results.rows[0].records.push_back(results.rows[0].records.front());
  write_record(results.rows[0].folders[0], results.rows[0].records[0],
               std::vector<Fields>{{{"id", std::string("structures/0")},
                                    {"split", std::string("structures")},
                                    {"prompt", 0.0},
                                    {"caption", std::string("a circle")}}});
  EXPECT_TRUE(failure_table(results, "structures", 2).rows.empty());
}

}  // namespace
}  // namespace lidit
