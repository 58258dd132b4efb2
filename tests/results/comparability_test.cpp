#include "results/comparability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lidit {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Record record(const std::string& name, const std::string& world, std::int64_t numerics = 2) {
  return {.fingerprint = std::string(64, 'a'),
          .name = name,
          .context = {{"world", world}, {"scorer", std::string("s1")}, {"numerics", numerics}}};
}

Fields prompt(const std::string& id, const std::string& split, const std::string& caption) {
  return {{"id", id}, {"split", split}, {"caption", caption}};
}

TEST(Comparability, RecordsOfOneWorldScorerAndNumericsMayBeCompared) {
  Record other = record("b", "w");
  other.context["host"] = std::string("elsewhere");
  EXPECT_FALSE(refuse_comparison(record("a", "w"), other));
}

TEST(Comparability, RecordsOfDifferentWorldsAreRefusedWithBothNames) {
  EXPECT_THAT(refuse_comparison(record("a", "w, seed 0"), record("b", "w, seed 1")).value(),
              AllOf(HasSubstr("'a' and 'b'"), HasSubstr("different worlds"), HasSubstr("seed 0"),
                    HasSubstr("seed 1")));
}

TEST(Comparability, RecordsOfDifferentScorersOrNumericsAreRefused) {
  Record other = record("b", "w");
  other.context["scorer"] = std::string("s2");
  EXPECT_THAT(refuse_comparison(record("a", "w"), other).value(), HasSubstr("different scorers"));
  EXPECT_THAT(refuse_comparison(record("a", "w"), record("b", "w", 3)).value(),
              HasSubstr("numerics: 2 and 3"));
}

TEST(Comparability, RecordsOfOtherPromptsOrSwitchesOfABenchmarkAreRefused) {
  Record a = record("a", "w"), b = record("b", "w");
  a.asked = {{"prompts", std::string("12")}, {"missing", std::int64_t{0}}};
  b.asked = {{"prompts", std::string("12")}, {"missing", std::int64_t{3}}};
  EXPECT_FALSE(refuse_comparison(a, b));
  b.asked["legacy.dependency"] = std::string("direct");
  EXPECT_THAT(refuse_comparison(a, b).value(), HasSubstr("switches of the scorer"));
  b.asked["prompts"] = std::string("34");
  EXPECT_THAT(refuse_comparison(a, b).value(), HasSubstr("different prompt sets"));
}

TEST(Comparability, FirstTokensMayDifferWhenNothingElseDoes) {
  Record keep = record("a", "w"), drop = record("b", "w");
  keep.asked = {{"encoder.bos", std::string("keep")}, {"encoder.instruction", std::string("none")}};
  drop.asked = keep.asked;
  drop.asked["encoder.bos"] = std::string("drop");
  EXPECT_FALSE(refuse_comparison(keep, drop));
  drop.asked["encoder.instruction"] = std::string("li-dit");
  EXPECT_EQ(
      refuse_comparison(keep, drop).value(),
      "'a' and 'b' differ in the first token (encoder.bos: \"keep\" and \"drop\") and in more");
  Record fused = keep;
  fused.asked["encoder.count"] = std::int64_t{2};
  fused.asked["encoder.1.bos"] = std::string("keep");
  EXPECT_FALSE(refuse_comparison(keep, fused));
  fused.asked["encoder.1.bos"] = std::string("mask");
  EXPECT_TRUE(refuse_comparison(keep, fused)) << "the second encoder's differs";
  Record floor = record("bag", "w");  // it reads no tokens
  EXPECT_FALSE(refuse_comparison(keep, floor));
}

TEST(Comparability, WhatOnlyOneRecordSaysIsADifference) {
  Record silent = record("b", "w");
  silent.context.erase("scorer");
  EXPECT_THAT(refuse_comparison(record("a", "w"), silent).value(), HasSubstr("not said"));
  Record other = silent;
  EXPECT_FALSE(refuse_comparison(silent, other));
}

TEST(Comparability, MeasurementsOfDifferentPromptsAreRefused) {
  const std::vector<Fields> a = {prompt("1", "seen", "a cat"), prompt("2", "seen", "a dog"),
                                 prompt("3", "new", "a cow")};
  std::vector<Fields> b = {a[2], a[0]};  // the order does not matter, other splits neither
  EXPECT_FALSE(refuse_comparison(a, b, "new.binding"));
  EXPECT_EQ(refuse_comparison(a, b, "seen.binding").value(),
            "seen.binding is of different prompts: 2 and 1, of which 1 are the same");
  b[0] = prompt("3", "new", "two cows");
  EXPECT_TRUE(refuse_comparison(a, b, "new.binding"));
}

TEST(Comparability, RowsWithoutSplitsAreAllOfThem) {
  const std::vector<Fields> a = {{{"id", std::string("1")}}, {{"id", std::string("2")}}};
  EXPECT_FALSE(refuse_comparison(a, a, "geneval.overall"));
  EXPECT_TRUE(refuse_comparison(a, std::span(a).first(1), "geneval.overall"));
}

}  // namespace
}  // namespace lidit
