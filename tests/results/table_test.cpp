#include "results/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace lidit {
namespace {

using testing::HasSubstr;

Table example() {
  Table table{
      .title = "Binding & speed",
      .caption = "Two seeds, 95% intervals.",
      .columns = {{"strategy"},
                  {.title = "binding", .digits = 2, .higher_is_better = true},
                  {.title = "step", .unit = "s", .higher_is_better = false}},
      .rows = {{Cell::words("raw_llm"), Cell::number(0.5, Interval{0.25, 0.75}),
                Cell::number(0.0376)},
               {Cell::words("caf\xC3\xA9 | *x*"), Cell::number(0.75, Interval{0.7, 0.9}),
                Cell::number(0.094)},
               {Cell::words("oracle"), Cell::none("out of memory"), Cell::none("out of memory")}},
      .rules = {2},
      .notes = {"drawn world"}};
  mark_best(table);
  return table;
}

TEST(Table, IsAlignedOnATerminal) {
  EXPECT_EQ(print(example(), TableFormat::terminal),
            "Binding & speed\n"
            "strategy               binding  step (ms)\n"
            "----------  ------------------  ---------\n"
            "raw_llm            0.50 \xC2\xB1"
            "0.25       37.6*\n"
            "caf\xC3\xA9 | *x*  0.75 [0.70, 0.90]*      94.0\n"
            "----------  ------------------  ---------\n"
            "oracle                  - [1]      - [1]\n"
            "Two seeds, 95% intervals.\n"
            "drawn world\n"
            "[1] out of memory\n");
}

TEST(Table, IsMarkdown) {
  EXPECT_EQ(print(example(), TableFormat::markdown),
            "**Binding & speed**\n\n"
            "| strategy | binding | step (ms) |\n"
            "|---|---:|---:|\n"
            "| raw\\_llm | 0.50 \xC2\xB1"
            "0.25 | **37.6** |\n"
            "| caf\xC3\xA9 \\| \\*x\\* | **0.75 \\[0.70, 0.90\\]** | 94.0 |\n"
            "| oracle | - \\[1\\] | - \\[1\\] |\n"
            "\nTwo seeds, 95% intervals.\n"
            "\ndrawn world\n"
            "\n\\[1\\] out of memory\n");
}

TEST(Table, IsLatexWithBooktabs) {
  EXPECT_EQ(print(example(), TableFormat::latex),
            "\\begin{table}\n\\centering\n"
            "\\caption{Binding \\& speed. Two seeds, 95\\% intervals.}\n"
            "\\begin{tabular}{lrr}\n\\toprule\n"
            "strategy & binding & step (ms) \\\\\n\\midrule\n"
            "raw\\_llm & 0.50 $\\pm$0.25 & \\textbf{37.6} \\\\\n"
            "caf\xC3\xA9 \\textbar{} *x* & \\textbf{0.75 [0.70, 0.90]} & 94.0 \\\\\n"
            "\\midrule\n"
            "oracle & -\\textsuperscript{1} & -\\textsuperscript{1} \\\\\n"
            "\\bottomrule\n\\end{tabular}\n"
            "\\par\\footnotesize drawn world\n"
            "\\par\\footnotesize [1] out of memory\n"
            "\\end{table}\n");
}

TEST(Table, IsCsvInBaseUnits) {
  EXPECT_EQ(print(example(), TableFormat::csv),
            "strategy,binding,binding low,binding high,binding missing,step (s),step missing\n"
            "raw_llm,0.5,0.25,0.75,,0.0376,\n"
            "caf\xC3\xA9 | *x*,0.75,0.7,0.9,,0.094,\n"
            "oracle,,,,out of memory,,out of memory\n");
  const Table quoted{.columns = {{"a,b"}}, .rows = {{Cell::words("say \"x\"\n")}}};
  EXPECT_EQ(print(quoted, TableFormat::csv), "\"a,b\"\n\"say \"\"x\"\"\n\"\n");
}

TEST(Table, IsHtmlWithEverythingEscaped) {
  Table table = example();
  table.rows[0][0] = Cell::words("<script>alert('1')</script>");
  const std::string html = print(table, TableFormat::html);
  EXPECT_THAT(html, HasSubstr("<td>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"number\"><b>37.6</b></td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"number\">-<sup>1</sup></td>"));
  EXPECT_EQ(html.find("<script"), std::string::npos);
}

TEST(Table, CountsTheColumnsOfWideAndCombiningLetters) {
  const Table table{.columns = {{"x"}, {"y"}},
                    .rows = {{Cell::words("\xE6\x97\xA5\xE6\x9C\xAC"), Cell::words("a")},  // 2 wide
                             {Cell::words("e\xCC\x81"), Cell::words("b")},  // e, combining accent
                             {Cell::words("esc\x1B[31m"), Cell::words("c")}}};
  EXPECT_EQ(print(table, TableFormat::terminal),
            "x         y\n"
            "--------  -\n"
            "\xE6\x97\xA5\xE6\x9C\xAC      a\n"
            "e\xCC\x81         b\n"
            "esc [31m  c\n");
}

TEST(Table, ScalesAWholeColumnByItsLargestValue) {
  const auto header_and_cell = [](std::string unit, std::vector<double> values) {
    Table table{.columns = {{"v", std::move(unit)}}};
    for (const double value : values) table.rows.push_back({Cell::number(value)});
    return print(table, TableFormat::markdown);
  };
  EXPECT_THAT(header_and_cell("s", {0.002, 3}), HasSubstr("v (s) |\n|---:|\n| 0.00 |\n| 3.00"));
  EXPECT_THAT(header_and_cell("s", {0.0002}), HasSubstr("v (us) |\n|---:|\n| 200 |"));
  EXPECT_THAT(header_and_cell("B", {3.5 * (1 << 30)}), HasSubstr("v (GiB) |\n|---:|\n| 3.50 |"));
  EXPECT_THAT(header_and_cell("fraction", {0.8333}), HasSubstr("v (%) |\n|---:|\n| 83.3 |"));
  EXPECT_THAT(header_and_cell("count", {930e6}), HasSubstr("v (million) |\n|---:|\n| 930 |"));
  EXPECT_THAT(header_and_cell("count", {200}), HasSubstr("v |\n|---:|\n| 200 |"));
  EXPECT_THAT(header_and_cell("images/s", {12.345}), HasSubstr("v (images/s) |\n|---:|\n| 12.3 |"));
  EXPECT_THAT(header_and_cell("", {-0.0001, 0.5}), HasSubstr("| 0.00 |"));
}

TEST(Table, ShowsSignificantFiguresOfEachValueInTheUnitAskedFor) {
  Table table{
      .columns = {{.title = "v", .unit = "s", .figures = 3, .shown_as = "ms"}},
      .rows = {{Cell::number(0.0000123)}, {Cell::range(1.5, {1.25, 20})}, {Cell::number(0)}}};
  EXPECT_EQ(print(table, TableFormat::markdown),
            "| v (ms) |\n|---:|\n| 0.0123 |\n| 1500 \\[1250, 20000\\] |\n| 0 |\n");
  table.columns[0].shown_as = "MiB";
  EXPECT_THROW(print(table, TableFormat::csv), std::logic_error);
}

TEST(Table, MarksTheBestAndWhatEqualsIt) {
  Table table{.columns = {{.title = "a", .higher_is_better = true}, {"b"}},
              .rows = {{Cell::number(2), Cell::number(1)},
                       {Cell::none("failed"), Cell::number(1)},
                       {Cell::number(2), Cell::number(3)},
                       {Cell::number(1), Cell::number(4)}}};
  mark_best(table);
  EXPECT_TRUE(table.rows[0][0].bold);
  EXPECT_FALSE(table.rows[1][0].bold);
  EXPECT_TRUE(table.rows[2][0].bold);
  EXPECT_FALSE(table.rows[3][0].bold);
  EXPECT_FALSE(table.rows[3][1].bold);
}

TEST(Table, RefusesValuesThatAreNotFiniteAndRowsOfAnotherLength) {
  const Table nan{.columns = {{"a"}}, .rows = {{Cell::number(std::nan(""))}}};
  EXPECT_THROW(print(nan, TableFormat::csv), std::logic_error);
  EXPECT_THROW(print(Table{.columns = {{"a"}}, .rows = {{}}}, TableFormat::html), std::logic_error);
}

TEST(Table, FormatsHaveNames) {
  EXPECT_EQ(table_format("md"), TableFormat::markdown);
  EXPECT_EQ(table_format("html"), TableFormat::html);
  EXPECT_THROW(table_format("markdwn"), UserError);
}

}  // namespace
}  // namespace lidit
