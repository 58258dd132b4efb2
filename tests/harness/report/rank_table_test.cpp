#include "harness/report/rank_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;

/// A row of three records without raw rows.
RowResults row_of(const std::string& label, double binding, bool trained = true,
                  const std::string& world = "w") {
  static const TemporaryFolder none;
  none.write("prompts.jsonl", "");
  RowResults row{.label = label, .records = {}, .folders = {3, none.path()}, .missing = {}};
  for (std::int64_t seed = 0; seed < 3; ++seed) {
    Record record{.fingerprint = std::string(64, 'a'),
                  .name = "cell",
                  .asked = {{"seed", seed},
                            {"strategy", std::string("raw-llm")},
                            {"world.preset", std::string("quick")}},
                  .context = {{"world", world}},
                  .measurements = {{.name = "structures.binding",
                                    .value = binding,
                                    .unit = "fraction",
                                    .higher_is_better = true}}};
    if (trained)
      record.series = {{.name = "loss",
                        .x_name = "steps",
                        .x_unit = "",
                        .y_name = "loss",
                        .y_unit = "",
                        .x = {1},
                        .y = {1}}};
    row.records.push_back(std::move(record));
  }
  return row;
}

AblationSpec named(const std::string& name) {
  AblationSpec spec;
  spec.name = name;
  spec.table.columns = {{.measurement = "structures.binding", .label = "held-out"}};
  return spec;
}

TEST(RankTable, ComparesTheOrderOfTrainedRowsThatBothHave) {
  const SpecResults trained{.rows = {row_of("raw", 0.4), row_of("refiner", 0.6),
                                     row_of("encoder", 0.3), row_of("alone", 0.9),
                                     row_of("chance", 0.1, false)}};
  const SpecResults readout{.rows = {row_of("encoder", 0.5), row_of("refiner", 0.8),
                                     row_of("raw", 0.7), row_of("chance", 0.1, false)}};
  const Table table = rank_table(named("drawn"), trained, named("readout"), readout);
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[0][0].text, "raw");
  EXPECT_DOUBLE_EQ(*table.rows[0][2].value, 0.7);
  EXPECT_THAT(table.notes.front(), HasSubstr("over 3 rows: 1.00 (p = 0.333, exact)"));
}

TEST(RankTable, LeavesOutRowsOfAnotherWorldAndSaysWhy) {
  const SpecResults here{
      .rows = {row_of("raw", 0.4), row_of("refiner", 0.6), row_of("encoder", 0.3)}};
  const SpecResults there{.rows = {row_of("raw", 0.7), row_of("refiner", 0.8),
                                   row_of("encoder", 0.5, true, "elsewhere")}};
  const Table table = rank_table(named("drawn"), here, named("readout"), there);
  EXPECT_EQ(table.rows.size(), 2u);
  EXPECT_THAT(table.notes.front(), HasSubstr("encoder: left out, "));
  EXPECT_THAT(table.notes.front(), HasSubstr("different worlds"));
}

TEST(RankTable, NeedsTwoRowsInCommon) {
  const SpecResults one{.rows = {row_of("raw", 0.4)}}, none{.rows = {}};
  EXPECT_THROW(rank_table(named("a"), one, named("b"), one), UserError);
  EXPECT_THROW(rank_table(named("a"), one, named("b"), none), UserError);
}

}  // namespace
}  // namespace lidit
