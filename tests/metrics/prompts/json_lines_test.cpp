#include "metrics/prompts/json_lines.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/file_error.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> places(std::string_view text) {
  std::vector<std::string> found;
  for_each_json_object(text, "f",
                       [&](const json&, std::string_view where) { found.emplace_back(where); });
  return found;
}

TEST(JsonLines, ReadsLinesAndListsAlike) {
  EXPECT_THAT(places("{}\n\n{\"a\": 1}\r\n"), ElementsAre("f: line 1", "f: line 3"));
  EXPECT_THAT(places(" [{}, {}]"), ElementsAre("f: entry 1", "f: entry 2"));
}

TEST(JsonLines, RefusesWhatIsBrokenAndSaysWhere) {
  EXPECT_THAT(file_error_of([] { places("{}\n{\"a\": NaN}\n"); }),
              HasSubstr("f: line 2: not valid JSON"));
  EXPECT_EQ(file_error_of([] { places("[1]"); }), "f: entry 1: not a JSON object");
  EXPECT_THAT(file_error_of([] { places("{\"a\": 1, \"a\": 2}"); }), HasSubstr("given twice"));
}

TEST(JsonLines, NumbersMayBeTextsButNeverNaNOrOutOfRange) {
  const auto read = [](const json& node) { return number_between(node, 0, 1, "'answer'", "f"); };
  EXPECT_EQ(read("0.6900"), 0.69);
  EXPECT_EQ(read(1), 1);
  for (const json& bad : {json("nan"), json("0.5x"), json(""), json(1.5), json(true), json()})
    EXPECT_THAT(file_error_of([&] { read(bad); }),
                HasSubstr("f: 'answer' should be a number from 0 to 1, not "));
}

TEST(JsonLines, MembersOfAnotherKindAreRefused) {
  const json object = {{"text", 1}, {"count", -1}, {"list", {1}}};
  EXPECT_EQ(file_error_of([&] { text_member(object, "text", "f"); }), "f: 'text' should be a text");
  EXPECT_EQ(file_error_of([&] { count_member(object, "count", 9, "f"); }),
            "f: 'count' should be a whole number from 0 to 9");
  EXPECT_EQ(file_error_of([&] { texts_member(object, "list", "f"); }),
            "f: 'list' should be a list of texts");
  EXPECT_EQ(file_error_of([&] { member(object, "none", "f"); }), "f: 'none' is missing");
}

}  // namespace
}  // namespace lidit::benchmarks
