#include "encoders/text/added_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lidit {
namespace {

using testing::ElementsAre;

/// "3:<a>" for an added token, "text" for the rest.
std::vector<std::string> parts_of(const AddedTokens& tokens, const std::string& text,
                                  Recognise recognise = Recognise::all) {
  std::vector<std::string> parts;
  for (const auto& part : tokens.split(text, recognise))
    parts.push_back((part.id ? std::to_string(*part.id) + ":" : "") +
                    text.substr(part.begin, part.end - part.begin));
  return parts;
}

TEST(AddedTokens, AreTheLeftmostAndOfThoseTheLongest) {
  const AddedTokens tokens({{"<a>", 1, false}, {"<a>b", 2, false}, {"b<", 3, false}});
  EXPECT_THAT(parts_of(tokens, "x<a>by<a>b<"), ElementsAre("x", "2:<a>b", "y", "2:<a>b", "<"));
  EXPECT_THAT(parts_of(tokens, "b<a>"), ElementsAre("3:b<", "a>"));
  EXPECT_THAT(parts_of(tokens, "<a"), ElementsAre("<a"));
  EXPECT_THAT(parts_of(tokens, ""), ElementsAre());
}

TEST(AddedTokens, SwallowUnicodeWhiteSpaceOnTheirSides) {
  const AddedTokens tokens({{"<l>", 1, true, true, false}, {"<r>", 2, true, false, true}});
  EXPECT_THAT(parts_of(tokens, "a \u3000<l> b"), ElementsAre("a", "1: \u3000<l>", " b"));
  EXPECT_THAT(parts_of(tokens, "a <r>\u2003\n<l>"), ElementsAre("a ", "2:<r>\u2003\n", "1:<l>"));
  EXPECT_THAT(parts_of(tokens, "\u00e9<l>"), ElementsAre("\u00e9", "1:<l>"));
}

TEST(AddedTokens, LeaveSpecialTokensInTheTextWhereAsked) {
  const AddedTokens tokens({{"<s>", 1, true}, {"<s>>", 2, false}, {"<t>", 3, false}});
  EXPECT_THAT(parts_of(tokens, "<s><t><s>>", Recognise::not_special),
              ElementsAre("<s>", "3:<t>", "2:<s>>"));
}

}  // namespace
}  // namespace lidit
