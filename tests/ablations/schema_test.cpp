#include "ablations/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/ablations/example_schema.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Schema, NamesTheNeighboursOfAnUnknownKey) {
  const Schema schema = example_schema();
  EXPECT_THAT([&] { schema.find("train.step", "quick.toml:3"); },
              ThrowsMessage<SpecError>(
                  "quick.toml:3: unknown key 'train.step'; did you mean 'train.steps'? Choices: "
                  "train.ema, train.rate, train.steps."));
  EXPECT_THAT([&] { schema.find("bananas", "quick.toml:3"); },
              ThrowsMessage<SpecError>(
                  "quick.toml:3: unknown key 'bananas'. Choices: encoder.*, sample.*, strategy, "
                  "train.*, world.*."));
}

TEST(Schema, TakesAnIndexOnlyWhereTheKeyIsOneOfAFamily) {
  const Schema schema = example_schema();
  EXPECT_EQ(schema.find("encoder.1.layer", "x").name, "encoder.layer");
  EXPECT_EQ(schema.find("encoder.15.layer", "x").name, "encoder.layer");
  for (const std::string_view key :
       {"encoder.16.layer", "encoder.01.layer", "encoder.x.layer", "encoder..layer",
        "train.0.steps", "encoder.0.models", "0", ""})
    EXPECT_THROW(schema.find(key, "x"), SpecError) << key;
}

TEST(Schema, TakesANameOfTheSpecsOwnWhereTheKeyHasAStar) {
  const Schema schema({{.name = "metrics.*.command", .kind = Kind::texts},
                       {.name = "metrics.*.seconds", .kind = Kind::number, .default_value = 5.0}});
  EXPECT_EQ(schema.find("metrics.my-own_1.command", "here").name, "metrics.*.command");
  for (const char* key :
       {"metrics.*.command", "metrics.command", "metrics..command", "metrics.Mine.command",
        "metrics.a b.command", "metrics.mine.other", "metrics.mine", "metrics.a.b.command"})
    EXPECT_THROW(schema.find(key, "here"), SpecError) << key;
  Fields settings{{"metrics.a.command", std::vector<std::string>{"x"}}, {"metrics.b.seconds", 1.0}};
  schema.fill_defaults(settings);
  EXPECT_EQ(settings.size(), 3u);
  EXPECT_EQ(get<double>(settings, "metrics.a.seconds"), 5);
  EXPECT_EQ(get<double>(settings, "metrics.b.seconds"), 1);
}

TEST(Schema, TurnsAnIntegerIntoANumberWhereOneIsWanted) {
  const Schema schema = example_schema();
  EXPECT_EQ(schema.check("train.rate", std::int64_t{1}, "x"), Value(1.0));
  EXPECT_EQ(schema.check("sample.times", std::vector<std::int64_t>{0, 2}, "x"),
            Value(std::vector<double>{0, 2}));
  EXPECT_EQ(schema.check("encoder.models", std::vector<std::int64_t>{}, "x"),
            Value(std::vector<std::string>{}));
}

TEST(Schema, SaysKeyValueAndWhatIsAllowed) {
  const Schema schema = example_schema();
  const auto refuses = [&](std::string_view key, const Value& value, const std::string& sentence) {
    EXPECT_THAT([&] { schema.check(key, value, "quick.toml:7"); },
                ThrowsMessage<SpecError>("quick.toml:7: " + sentence));
  };
  refuses("strategy", std::string("raw-lm"),
          "'strategy' cannot be \"raw-lm\"; did you mean 'raw-llm'? Allowed: a text of raw-llm, "
          "instruction-guided, multi-llm-fusion.");
  refuses("train.steps", std::int64_t{0},
          "'train.steps' cannot be 0. Allowed: an integer, at least 1.");
  refuses("train.steps", 2.0, "'train.steps' cannot be 2.0. Allowed: an integer, at least 1.");
  refuses("train.rate", 1.5,
          "'train.rate' cannot be 1.5. Allowed: a number, at least 0, at most 1.");
  refuses("train.ema", std::int64_t{1}, "'train.ema' cannot be 1. Allowed: true or false.");
  refuses("encoder.models", std::vector<std::int64_t>{1},
          "'encoder.models' cannot be [1]. Allowed: a list of texts.");
}

TEST(Schema, LetsNoNumberThroughThatIsNotFinite) {
  const Schema schema = example_schema();
  EXPECT_THROW(schema.check("train.rate", std::nan(""), "x"), SpecError);
  EXPECT_THROW(schema.check("sample.times", std::vector<double>{0, std::nan("")}, "x"), SpecError);
  EXPECT_THROW(schema.check("sample.times", std::vector<double>{INFINITY}, "x"), SpecError);
}

TEST(Schema, FillsInDefaultsAndLeavesWhatIsThere) {
  Fields settings = {{"train.steps", std::int64_t{7}}};
  example_schema().fill_defaults(settings);
  EXPECT_EQ(settings, (Fields{{"encoder.layer", std::int64_t{-3}},
                              {"strategy", std::string("raw-llm")},
                              {"train.ema", true},
                              {"train.rate", 0.005},
                              {"train.steps", std::int64_t{7}}}));
}

TEST(Schema, RefusesToBeBuiltWrongly) {
  EXPECT_THROW(Schema({{.name = "a", .kind = Kind::text}, {.name = "a", .kind = Kind::text}}),
               std::logic_error);
  EXPECT_THROW(Schema({{.name = "a", .kind = Kind::text, .default_value = true}}),
               std::logic_error);
}

}  // namespace
}  // namespace lidit
