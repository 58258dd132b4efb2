#include "ablations/ablation_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ablations/spec_file.h"
#include "tests/ablations/example_schema.h"

namespace lidit {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Files by name, as they would lie in a folder.
using Folder = std::map<std::string, std::string>;

AblationSpec load(const Folder& folder, const std::vector<std::string>& overrides = {}) {
  return load_spec("a.toml", example_schema(), overrides, [&](const std::filesystem::path& path) {
    const auto found = folder.find(path.string());
    if (found == folder.end()) throw FileError("cannot read " + path.string());
    return found->second;
  });
}

AblationSpec load_text(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return load({{"a.toml", text}}, overrides);
}

void expect_refusal(const std::string& text, const std::string& sentence) {
  EXPECT_THAT([&] { load_text(text); }, ThrowsMessage<SpecError>(HasSubstr(sentence))) << text;
}

std::vector<std::string> labels(const AblationSpec& spec) {
  std::vector<std::string> all;
  for (const RowSpec& row : spec.rows) all.push_back(row.label);
  return all;
}

constexpr const char* kTable = R"(
name = "strategies"
title = "Four strategies"
note = "drawn world"
seeds = [0, 1]
[set]
train.steps = 100
train.rate = 1
[[row]]
label = "raw"
paper = {color = 0.5, "heldout.binding" = 1}
[[row]]
label = "fusion"
strategy = "multi-llm-fusion"
encoder.0.layer = -1
[table]
columns = ["loss", {measurement = "heldout.binding", label = "held out", digits = 3}]
reference = "raw"
)";

TEST(AblationSpec, HasOneCellPerRowAndSeedWithEveryDefaultFilledIn) {
  const AblationSpec spec = load_text(kTable);
  EXPECT_EQ(spec.name, "strategies");
  EXPECT_EQ(spec.title, "Four strategies");
  EXPECT_EQ(spec.note, "drawn world");
  ASSERT_EQ(spec.cells.size(), 4u);
  const Fields raw = {{"encoder.layer", std::int64_t{-3}},
                      {"strategy", std::string("raw-llm")},
                      {"train.ema", true},
                      {"train.rate", 1.0},
                      {"train.steps", std::int64_t{100}}};
  EXPECT_EQ(spec.cells[0], (ExperimentSpec{"raw", raw, 0}));
  EXPECT_EQ(spec.cells[1], (ExperimentSpec{"raw", raw, 1}));
  EXPECT_EQ(spec.cells[3].row, "fusion");
  EXPECT_EQ(get<std::int64_t>(spec.cells[3].settings, "encoder.0.layer"), -1);
}

TEST(AblationSpec, KeepsColumnsReferenceAndThePapersValues) {
  const AblationSpec spec = load_text(kTable);
  EXPECT_EQ(spec.table.reference, "raw");
  EXPECT_EQ(spec.table.columns,
            (std::vector<ColumnSpec>{{"loss", "loss"}, {"heldout.binding", "held out", 3}}));
  EXPECT_EQ(spec.rows[0].paper,
            (std::map<std::string, double>{{"color", 0.5}, {"heldout.binding", 1}}));
}

TEST(AblationSpec, KeepsTheFiguresOfTheNearestFileThatHasSome) {
  const std::string figure = R"(
[[figure]]
name = "by_position"
title = "Binding by position"
kind = "position"
measurement = "seen.binding"
)";
  const std::vector<FigureSpec> wanted = {
      {"by_position", "Binding by position", FigureKind::position, "seen.binding"}};
  EXPECT_EQ(load_text(kTable + figure).figures, wanted);
  EXPECT_EQ(load({{"a.toml", "extends = \"b.toml\""}, {"b.toml", kTable + figure}}).figures,
            wanted);
  EXPECT_TRUE(load_text(kTable).figures.empty());
  expect_refusal(kTable + figure + figure, "two figures are called 'by_position'");
}

TEST(AblationSpec, RefusesAFigureThatIsNone) {
  const auto refused = [](const std::string& lines, const std::string& sentence) {
    expect_refusal("seeds = [0]\n[[figure]]\n" + lines, sentence);
  };
  refused("title = \"t\"", "a text 'name' is wanted");
  refused("name = \"../up\"\ntitle = \"t\"\nmeasurement = \"m\"\nkind = \"position\"",
          "letters, digits, '_' and '-'");
  refused("name = \"n\"\ntitle = \"t\"\nmeasurement = \"m\"\nkind = \"positions\"",
          "did you mean 'position'");
  refused("colour = \"red\"", "unknown key 'colour'");
}

TEST(AblationSpec, MultipliesAxesInTheOrderOfTheFile) {
  const AblationSpec spec =
      load_text("seeds = [3]\n[axes]\ntrain.steps = [1, 2]\nencoder.layer = [-1, -3]\n");
  EXPECT_THAT(
      labels(spec),
      ElementsAre("train.steps = 1, encoder.layer = -1", "train.steps = 1, encoder.layer = -3",
                  "train.steps = 2, encoder.layer = -1", "train.steps = 2, encoder.layer = -3"));
  EXPECT_EQ(get<std::int64_t>(spec.cells[2].settings, "train.steps"), 2);
}

TEST(AblationSpec, SkipsCellsWithTheirReason) {
  const AblationSpec spec = load_text(
      "seeds = [0]\n[axes]\nencoder.layer = [-1, -3]\nstrategy = [\"raw-llm\", "
      "\"multi-llm-fusion\"]\n[[skip]]\nwhen = {strategy = \"raw-llm\", encoder.layer = -1}\n"
      "reason = \"said in table 2\"\n");
  EXPECT_EQ(spec.cells[0].skip_reason, "said in table 2");
  for (const std::size_t i : {1, 2, 3}) EXPECT_EQ(spec.cells[i].skip_reason, "") << i;
}

TEST(AblationSpec, TakesFromItsParentWhatItDoesNotSay) {
  const AblationSpec spec = load(
      {{"a.toml", "extends = \"base/b.toml\"\n[set]\ntrain.rate = 0.5\nencoder.layer = -2\n"},
       {"base/b.toml", "extends = \"c.toml\"\ntitle = \"B\"\n[set]\ntrain.rate = 0.25\n"},
       {"base/c.toml",
        "name = \"c\"\nseeds = [5]\n[set]\ntrain.steps = 9\n[axes]\nencoder.layer = [-1, -3]\n"}});
  EXPECT_EQ(spec.name, "a");
  EXPECT_EQ(spec.title, "B");
  ASSERT_EQ(spec.cells.size(), 1u) << "setting a key fixes the parent's axis";
  EXPECT_EQ(spec.cells[0].seed, 5);
  EXPECT_EQ(get<double>(spec.cells[0].settings, "train.rate"), 0.5);
  EXPECT_EQ(get<std::int64_t>(spec.cells[0].settings, "train.steps"), 9);
  EXPECT_EQ(get<std::int64_t>(spec.cells[0].settings, "encoder.layer"), -2);
}

TEST(AblationSpec, TakesLettersBeyondAsciiInQuotesAndComments) {
  const AblationSpec spec = load_text(
      "# caf\xC3\xA9 \" '\nseeds = [0]\ntitle = \"caf\xC3\xA9 \\\" # \"\nnote = "
      "\"\"\"a\n\xC3\xA9\"\"\"\n"
      "name = '\xC3\xA9\\'\n");
  EXPECT_EQ(spec.title, "caf\xC3\xA9 \" # ");
  EXPECT_EQ(spec.note, "a\n\xC3\xA9");
  EXPECT_EQ(spec.name, "\xC3\xA9\\");
}

TEST(AblationSpec, RefusesCyclesAndMissingParents) {
  EXPECT_THAT(
      [] {
        load({{"a.toml", "extends = \"x/../b.toml\""}, {"b.toml", "extends = \"a.toml\""}});
      },
      ThrowsMessage<SpecError>("a.toml: extends itself by way of b.toml"));
  EXPECT_THAT(
      [] { load_text("extends = \"gone.toml\""); },
      ThrowsMessage<SpecError>("a.toml: extends a file that is not there: cannot read gone.toml"));
  EXPECT_THROW(load({}), FileError);
}

TEST(AblationSpec, LetsOverridesBeatBaseAxesAndRows) {
  const std::string text =
      "seeds = [0]\n[set]\ntrain.rate = 0.5\n[axes]\nencoder.layer = [-1, -3]\n[[row]]\n"
      "label = \"r\"\ntrain.steps = 3\n";
  const AblationSpec spec =
      load_text(text, {"train.rate=0.25", "encoder.layer=-2", "train.steps=4", "seeds=[7, 8]",
                       "strategy=multi-llm-fusion", "world.note=3"});
  ASSERT_EQ(spec.cells.size(), 2u);
  EXPECT_EQ(spec.cells[1].seed, 8);
  const Fields& settings = spec.cells[0].settings;
  EXPECT_EQ(get<double>(settings, "train.rate"), 0.25);
  EXPECT_EQ(get<std::int64_t>(settings, "encoder.layer"), -2);
  EXPECT_EQ(get<std::int64_t>(settings, "train.steps"), 4);
  EXPECT_EQ(get<std::string>(settings, "strategy"), "multi-llm-fusion");
  EXPECT_EQ(get<std::string>(settings, "world.note"), "3");
}

TEST(AblationSpec, RefusesABadOverride) {
  const auto refuses = [](const std::string& change, const std::string& sentence) {
    EXPECT_THAT([&] { load_text("seeds = [0]", {change}); },
                ThrowsMessage<SpecError>(HasSubstr(sentence)));
  };
  refuses("train.step=3", "--set train.step=3: unknown key 'train.step'; did you mean");
  refuses("train.steps=many", "'train.steps' cannot be \"many\"");
  refuses("train.steps=1\ntrain.rate=2", "'train.steps' cannot be");
  refuses("train.steps", "write key=value");
  refuses("=3", "write key=value");
  refuses("seeds=3", "'seeds' should be a list of integers");
}

TEST(AblationSpec, SaysFileLineAndKeyOfAMistake) {
  expect_refusal("seeds = [0]\n\n[set]\ntrain.step = 3\n", "a.toml:4: unknown key 'train.step'");
  expect_refusal("seeds = [0]\n[[row]]\nlabel = \"r\"\ntrain.steps = -1\n",
                 "a.toml:4: 'train.steps' cannot be -1");
  expect_refusal("sed = [0]\n",
                 "a.toml:1: unknown key 'sed'; did you mean 'set'? Choices: extends");
  expect_refusal("seeds = [0]\n[table]\ncolumn = []\n", "a.toml:3: unknown key 'column'; did you");
  expect_refusal("seeds = [0\n", "a.toml:");
  expect_refusal("[?", "a.toml: the TOML is broken");
  for (const char* letters :
       {"\xC3\xA9 = 1", "h = 0bh'\xEF\xB9\xBF", "a = 1\xC3\xA9", "\xE3\x80\x80"})
    expect_refusal(std::string("seeds = [0]\n") + letters, "a.toml:2: not valid TOML");
  expect_refusal("seeds = [0]\n[set]\n\"train.steps\" = 3\ntrain.steps = 4\n", "is given twice");
  expect_refusal("seeds = [0]\n[set]\ntrain.steps = 1979-05-27\n", "should be true, false");
  expect_refusal("seeds = [0]\n[set]\ntrain.rate = nan\n", "'train.rate' cannot be nan");
  expect_refusal("seeds = [0]\n[[row]]\ntrain.steps = 3\n", "a.toml:2: a text 'label' is wanted");
  expect_refusal("seeds = [0]\n[[skip]]\nwhen = {}\nreason = \"x\"\n", "would skip everything");
  expect_refusal("seeds = [0]\n[axes]\ntrain.steps = 3\n", "should be a list of values");
}

TEST(AblationSpec, RefusesASeedOutsideTheListOfSeeds) {
  expect_refusal("seeds = [0]\n[set]\nseed = 5\n", "a.toml:3: 'seed' is not set by itself");
  expect_refusal("seeds = [0]\n[axes]\nseed = [5]\n", "as in seeds = [0, 1]");
  expect_refusal("seeds = [0]\n[[row]]\nlabel = \"r\"\nseed = 5\n", "a.toml:4: 'seed'");
  EXPECT_THAT([] { load_text("seeds = [0]", {"seed=5"}); },
              ThrowsMessage<SpecError>(HasSubstr("--set seed=5: 'seed' is not set by itself")));
}

TEST(AblationSpec, RefusesContradictions) {
  expect_refusal("[set]\ntrain.steps = 3\n", "'seeds' is missing");
  expect_refusal("seeds = []\n", "'seeds' is missing");
  expect_refusal("seeds = [1, 1]\n", "a seed is given twice");
  expect_refusal("seeds = [0]\n[set]\ntrain.steps = 3\n[axes]\ntrain.steps = [1]\n",
                 "a.toml:5: 'train.steps' is an axis and is also set in a.toml:3");
  expect_refusal("seeds = [0]\n[[row]]\nlabel = \"a\"\n[[row]]\nlabel = \"a\"\ntrain.steps = 1\n",
                 "two rows are called 'a'");
  expect_refusal("seeds = [0]\n[[row]]\nlabel = \"a\"\n[[row]]\nlabel = \"b\"\n",
                 "the rows 'a' and 'b' ask for the same settings");
  expect_refusal(
      "seeds = [0]\n[[row]]\nlabel = \"raw\"\n[table]\ncolumns = []\nreference = \"rw\"\n",
      "unknown reference row 'rw'; did you mean 'raw'?");
}

TEST(AblationSpec, RefusesWhatIsTooLarge) {
  std::string axis = "[0";
  for (int i = 1; i < 200; ++i) axis += ", " + std::to_string(i);
  expect_refusal("seeds = " + axis + "]\n[axes]\ntrain.steps = " + axis + "]\n", "cannot be 0");
  expect_refusal("seeds = " + axis + "]\n[axes]\nencoder.layer = " + axis + "]\n",
                 "more than 10000 cells");
  expect_refusal(std::string(kSpecFileLimit + 1, '#'), "longer than");
  std::string deep = "a";
  for (int i = 0; i < 100000; ++i) deep += ".a";
  expect_refusal(deep + " = 1", "more than 128 dots in one line");
  expect_refusal("a = \"\"\"x\"\"\"\"\nb." + deep + " = 1", "more than 128 dots in one line");
  expect_refusal("a = " + std::string(1000, '['), "not valid TOML");
  expect_refusal("[set]\na.b.c.d.e.f.g.h.i.j.k = 1", "nested too deeply");
}

TEST(Cells, AreFilteredByKeysSeedsAndLabels) {
  const Schema schema = example_schema();
  const AblationSpec spec = load_text(kTable);
  const auto count = [&](std::string_view expression) {
    return filter_cells(spec.cells, expression, schema).size();
  };
  EXPECT_EQ(count("strategy=raw-llm"), 2u);
  EXPECT_EQ(count("strategy=raw-llm,seed=1"), 1u);
  EXPECT_EQ(count("f*n"), 2u);
  EXPECT_EQ(count("*a?,seed=0"), 1u);
  EXPECT_EQ(count("encoder.0.layer=-1"), 2u);
  EXPECT_THAT([&] { count("strateg=raw-llm"); },
              ThrowsMessage<SpecError>(HasSubstr("--filter strateg=raw-llm: unknown key")));
  EXPECT_THROW(count("strategy=bert"), SpecError);
  EXPECT_THROW(count("seed=one"), SpecError);
  EXPECT_THROW(count("raw,,"), SpecError);
}

TEST(Cells, AreFilteredByLabelsWithCommasAndEqualsSigns) {
  std::vector<ExperimentSpec> cells = load_text(kTable).cells;
  cells[0].row = cells[1].row = "long, with examples";
  cells[2].row = cells[3].row = "encoder.layer = -3, causal";
  const auto count = [&](std::string_view expression) {
    return filter_cells(cells, expression, example_schema()).size();
  };
  EXPECT_EQ(count("long, with examples"), 2u);
  EXPECT_EQ(count("long, with examples,seed=0"), 1u);
  EXPECT_EQ(count("seed=1,encoder.layer = -3, causal"), 1u);
  EXPECT_THROW(count("long, with"), SpecError);
}

TEST(Cells, AreNeverFilteredDownToNone) {
  const AblationSpec spec = load_text(kTable);
  for (const char* expression : {"raw?", "seed=7", "strategy=instruction-guided"})
    EXPECT_THAT([&] { filter_cells(spec.cells, expression, example_schema()); },
                ThrowsMessage<SpecError>(AllOf(HasSubstr(std::string("--filter ") + expression),
                                               HasSubstr("'raw', 'fusion'"))));
}

TEST(Cells, AreDescribedWithTheirSettingsWhicheverSeedIsPicked) {
  AblationSpec spec = load_text(kTable);
  spec.cells = filter_cells(spec.cells, "seed=1", example_schema());
  EXPECT_THAT(describe(spec), HasSubstr("  raw, seed 1\n"
                                        "      strategy = \"raw-llm\"\n"
                                        "  fusion, seed 1\n"
                                        "      encoder.0.layer = -1\n"));
}

TEST(Cells, AreDescribedWithWhatTheyShareAndWhereTheyDiffer) {
  EXPECT_EQ(describe(load_text(kTable)),
            "strategies: Four strategies\n"
            "4 cells of 2 rows x 2 seeds, 0 of them skipped\n"
            "\n"
            "settings of all cells:\n"
            "  encoder.layer = -3\n"
            "  train.ema = true\n"
            "  train.rate = 1.0\n"
            "  train.steps = 100\n"
            "\n"
            "cells:\n"
            "  raw, seed 0\n"
            "      strategy = \"raw-llm\"\n"
            "  raw, seed 1\n"
            "  fusion, seed 0\n"
            "      encoder.0.layer = -1\n"
            "      strategy = \"multi-llm-fusion\"\n"
            "  fusion, seed 1\n");
}

}  // namespace
}  // namespace lidit
