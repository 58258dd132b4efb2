#include "harness/report/against_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/errors.h"
#include "results/hash.h"
#include "results/store.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Columns of the table.
enum { kRow, kMeasure, kValue, kAgainst, kDifference, kP, kAdjusted, kDetectable, kVerdict };

class AgainstTable : public testing::Test {
 protected:
  /// A row with a record for each binding, its prompts in two structures.
  RowResults stored(const std::string& label, const std::vector<double>& bindings,
                    const std::string& world = "w", const std::string& caption = "a circle") {
    RowResults row{.label = label, .records = {}, .folders = {}, .missing = {}};
    for (std::size_t seed = 0; seed < bindings.size(); ++seed) {
      Record record{.fingerprint = sha256_hex(fmt::format("{} {}", label, seed)),
                    .name = label,
                    .asked = {{"seed", static_cast<std::int64_t>(seed)},
                              {"strategy", std::string("raw-llm")},
                              {"world.preset", std::string("quick")}},
                    .context = {{"world", world}},
                    .measurements = {{.name = "structures.binding",
                                      .value = bindings[seed],
                                      .unit = "fraction",
                                      .higher_is_better = true},
                                     {.name = "train.seconds_per_step", .value = 1, .unit = "s"}}};
      std::vector<Fields> prompts;
      for (int i = 0; i < 8; ++i)
        prompts.push_back({{"id", fmt::format("structures/{}", i)},
                           {"split", std::string("structures")},
                           {"structure", fmt::format("s{}", i % 2)},
                           {"caption", caption},
                           {"binding", bindings[seed] + 0.01 * i},
                           {"claim.1.binding", bindings[seed] + 0.01 * i}});
      const RecordStore store(home_.path() / "records");
      store.draft(record.fingerprint)->commit(record, prompts);
      row.folders.push_back(store.place_of(record.fingerprint));
      row.records.push_back(std::move(record));
    }
    return row;
  }

  static AblationSpec spec() {
    AblationSpec spec;
    spec.name = "spec";
    spec.title = "Title.";
    spec.table.columns = {{.measurement = "structures.binding", .label = "held-out"},
                          {.measurement = "train.seconds_per_step", .label = "per step"}};
    return spec;
  }

  TemporaryFolder home_;
};

TEST_F(AgainstTable, GivesDifferenceTestsDetectableEffectAndVerdict) {
  const SpecResults results{.rows = {stored("plain", {0.50, 0.61, 0.70}),
                                     stored("better", {0.70, 0.80, 0.91}),
                                     stored("same", {0.501, 0.610, 0.701})}};
  const Table table = against_table(spec(), results, results.rows[0]);
  ASSERT_EQ(table.rows.size(), 2u);  // not against itself, no timings
  const std::vector<Cell>& better = table.rows[0];
  EXPECT_EQ(better[kRow].text, "better");
  EXPECT_EQ(better[kMeasure].text, "held-out");
  EXPECT_NEAR(*better[kDifference].value, 0.2, 1e-12);
  EXPECT_NEAR(*better[kAgainst].value, 1.81 / 3, 1e-12);
  EXPECT_NEAR(*better[kAdjusted].value, 2 * *better[kP].value, 1e-12);
  EXPECT_GT(*better[kDetectable].value, 0);
  EXPECT_EQ(better[kVerdict].text, "higher");
  EXPECT_EQ(table.rows[1][kVerdict].text, "no difference (within 3 points)");
}

TEST_F(AgainstTable, OfSeedsThatAllDifferByTheSameHasNoIntervalAndMakesNoClaim) {
  const SpecResults results{.rows = {stored("trained", {0.50, 0.61, 0.70}),
                                     stored("floor", {0.25, 0.25, 0.25}),
                                     stored("ceiling", {1, 1, 1})}};
  const Table table = against_table(spec(), results, results.rows[1]);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_TRUE(table.rows[0][kDifference].interval) << "one side varies";
  EXPECT_EQ(table.rows[0][kVerdict].text, "higher");
  EXPECT_EQ(table.rows[0][kP].value, table.rows[0][kAdjusted].value) << "a family of one";
  const std::vector<Cell>& exact = table.rows[1];
  EXPECT_EQ(exact[kDifference].value, 0.75);
  EXPECT_FALSE(exact[kDifference].interval);
  for (const int column : {kP, kAdjusted, kDetectable})
    EXPECT_FALSE(exact[static_cast<std::size_t>(column)].value) << column;
  EXPECT_EQ(exact[kVerdict].text, "no spread: no claim");
}

TEST_F(AgainstTable, OfOneSeedHasAnIntervalOverItsPromptsAndMakesNoClaim) {
  const SpecResults results{.rows = {stored("plain", {0.5}), stored("better", {0.7})}};
  const Table table = against_table(spec(), results, results.rows[0]);
  EXPECT_EQ(table.rows[0][kVerdict].text, "1 seed: no claim");
  EXPECT_TRUE(table.rows[0][kDifference].is_range);
  EXPECT_NEAR(table.rows[0][kDifference].interval->low, 0.2, 1e-12);
  EXPECT_FALSE(table.rows[0][kP].value);
}

TEST_F(AgainstTable, OfOneSeedHasAnIntervalByPositionToo) {
  SpecResults results{.rows = {stored("plain", {0.5}), stored("better", {0.7})}};
  for (RowResults& row : results.rows)
    row.records[0].measurements.push_back({.name = "structures.binding.position.1",
                                           .value = row.records[0].measurements[0].value,
                                           .unit = "fraction",
                                           .higher_is_better = true});
  const auto found = estimate(results.rows[1], "structures.binding.position.1");
  ASSERT_TRUE(found && found->interval) << "resampled over its prompts";
  EXPECT_FALSE(estimate(results.rows[1], "train.seconds_per_step")->interval);
}

TEST_F(AgainstTable, OfTwoSeedsAveragesTheDifferencesOfEachPrompt) {
  const SpecResults results{.rows = {stored("plain", {0.5, 0.6}), stored("better", {0.7, 0.9})}};
  const Cell& difference = against_table(spec(), results, results.rows[0]).rows[0][kDifference];
  EXPECT_NEAR(*difference.value, 0.25, 1e-12);
  EXPECT_NEAR(difference.interval->low, 0.25, 1e-12);  // every prompt differs alike
  EXPECT_NEAR(difference.interval->high, 0.25, 1e-12);
}

TEST_F(AgainstTable, DoesNotCompareARowWithItsOwnRecord) {
  const SpecResults results{
      .rows = {stored("plain", {0.5, 0.6, 0.7}), stored("better", {0.7, 0.8, 0.9})}};
  const Home home{.root = home_.path(), .source = home_.path()};
  const RowResults first = find_row(results.rows[0].folders[0].filename().string(), results, home);
  const Table table = against_table(spec(), results, first);
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][kRow].text, "better");
}

TEST_F(AgainstTable, LeavesOutRowsOfOtherWorldsAndPromptsAndSaysWhy) {
  const SpecResults results{.rows = {stored("plain", {0.5, 0.6, 0.7}),
                                     stored("far", {0.5, 0.6, 0.7}, "elsewhere"),
                                     stored("reworded", {0.5, 0.6, 0.7}, "w", "a square"),
                                     stored("near", {0.5, 0.6, 0.7})}};
  const Table table = against_table(spec(), results, results.rows[0]);
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][kRow].text, "near");
  EXPECT_THAT(table.notes[0], HasSubstr("far, "));
  EXPECT_THAT(table.notes[0], HasSubstr("different worlds"));
  EXPECT_THAT(table.notes[1], HasSubstr("reworded, "));
  EXPECT_THAT(table.notes[1], HasSubstr("different prompts"));
}

TEST_F(AgainstTable, RefusesWhenNothingCanBeCompared) {
  const SpecResults results{
      .rows = {stored("plain", {0.5, 0.6}), stored("far", {0.5, 0.6}, "elsewhere")}};
  EXPECT_THAT([&] { against_table(spec(), results, results.rows[0]); },
              ThrowsMessage<UserError>(HasSubstr("different worlds")));
  EXPECT_THAT([&] { against_table(spec(), results, stored("empty", {})); },
              ThrowsMessage<UserError>(HasSubstr("no record")));
}

TEST_F(AgainstTable, FindsARowByLabelOrByTheFirstDigitsOfARecord) {
  const SpecResults results{.rows = {stored("plain", {0.5}), stored("better", {0.7})}};
  const Home home{.root = home_.path(), .source = home_.path()};
  EXPECT_EQ(find_row("better", results, home).folders, results.rows[1].folders);
  const std::string digits = results.rows[1].folders[0].filename().string();
  EXPECT_EQ(find_row(digits, results, home).records.front().name, "better");
  EXPECT_THAT([&] { find_row("beter", results, home); },
              ThrowsMessage<UserError>(HasSubstr("did you mean 'better'?")));
}

}  // namespace
}  // namespace lidit
