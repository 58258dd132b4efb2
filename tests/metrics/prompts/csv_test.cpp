#include "metrics/prompts/csv.h"

#include <gmock/gmock.h>

#include "tests/support/file_error.h"

namespace lidit::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(std::string_view text) {
  return file_error_of([&] { parse_csv(text, "t.csv"); });
}

TEST(Csv, QuotedCellsHoldCommasLineEndsAndDoubledQuotes) {
  const CsvTable table = parse_csv("a,b\r\n\"x, \"\"y\"\"\nz\",\r\n,last", "t.csv");
  EXPECT_THAT(table.header, ElementsAre("a", "b"));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_THAT(table.rows[0].cells, ElementsAre("x, \"y\"\nz", ""));
  EXPECT_THAT(table.rows[1].cells, ElementsAre("", "last"));
  EXPECT_EQ(table.rows[1].line, 4);
}

TEST(Csv, AByteOrderMarkIsNotPartOfTheFirstColumn) {
  EXPECT_EQ(parse_csv("\xEF\xBB\xBF"
                      "a,b\n1,2\n",
                      "t.csv")
                .column("a", "t.csv"),
            0u);
}

TEST(Csv, RefusesWhatIsBrokenAndSaysTheLine) {
  EXPECT_EQ(refusal("a\n\"open\n\n"), "t.csv: line 2: a quote is never closed");
  EXPECT_EQ(refusal("a\n\"x\"y\n"), "t.csv: line 2: text follows the closing quote of a cell");
  EXPECT_EQ(refusal("a\nx\"y\n"), "t.csv: line 2: a quote inside a cell that is not quoted");
  EXPECT_EQ(refusal("a,b\n1,2\n3\n"), "t.csv: line 3: 1 cells where the header has 2");
  EXPECT_EQ(refusal(""), "t.csv: empty, not even a header");
}

TEST(Csv, AnUnknownColumnAnswersWithThoseThereAre) {
  EXPECT_EQ(file_error_of([] { parse_csv("a,b\n", "t.csv").column("c", "t.csv"); }),
            "t.csv: no column 'c' among a, b");
}

TEST(Tsv, KeepsDoubleQuotesAsTheyAre) {
  const CsvTable table = parse_tsv("p\tq\n\"a\" b\"\t\n", "t.tsv");
  EXPECT_THAT(table.rows.at(0).cells, ElementsAre("\"a\" b\"", ""));
  EXPECT_THAT(file_error_of([] { parse_tsv("p\tq\nx\n", "t.tsv"); }),
              HasSubstr("line 2: 1 cells where the header has 2"));
}

}  // namespace
}  // namespace lidit::benchmarks
