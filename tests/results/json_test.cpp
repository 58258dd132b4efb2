#include "results/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/errors.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

TEST(Json, IsReadUpToTheDepthThatIsAllowedAndNoDeeper) {
  EXPECT_EQ(parse_json("[[[]]]", "x.json", 2).dump(), "[[[]]]");
  EXPECT_THAT([] { parse_json("[[[[]]]]", "x.json", 2); },
              ThrowsMessage<FileError>("x.json: JSON nested deeper than 2 levels"));
  for (const int depth : {64, 100000})
    EXPECT_THAT([&] { parse_json(nested(depth), "x.json"); },
                ThrowsMessage<FileError>(HasSubstr("nested deeper")));
}

TEST(Json, RefusesAKeyThatOneObjectHasTwice) {
  EXPECT_EQ(parse_json(R"({"a":{"a":1},"b":{"a":2}})", "x.json")["b"]["a"], 2);
  for (const char* text :
       {R"({"k":1,"k":1})", R"([{"a":{"k":1,"b":{"k":1},"k":2}}])", R"({"k":1,"\u006b":2})"})
    EXPECT_THAT([&] { parse_json(text, "x.json"); },
                ThrowsMessage<FileError>("x.json: key 'k' is given twice"))
        << text;
}

TEST(Json, RefusesBrokenTextInOneSentence) {
  for (const char* text : {"", " ", "{", "[1,]", "{}}", "nan", "01", "'a'", "{\"a\":\"\xFF\"}",
                           "{\"\xC0\x80\":1}", "\"\\ud800\"", "1e999", "// 1\n1"})
    EXPECT_THAT([&] { parse_json(text, "x.json"); },
                ThrowsMessage<FileError>(StartsWith("x.json: not valid JSON: ")))
        << text;
}

}  // namespace
}  // namespace lidit
