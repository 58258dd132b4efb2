#include "encoders/text/jinja_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lidit {
namespace {

using testing::ElementsAre;

JinjaPiece text(const char* text) { return {JinjaPiece::Kind::text, text}; }
JinjaPiece expression(const char* source) { return {JinjaPiece::Kind::expression, source}; }

TEST(JinjaOutput, JoinsTextsAndKeepsExpressionsWhereverTheyAreWritten) {
  EXPECT_THAT(read_jinja_outputs(
                  "<a>{{ role }}\n{{ '<b>' + f('}}' + \"x\") | trim ~ \"\\n\\\"\" }}.{# { #}"),
              ElementsAre(JinjaOutput{"",
                                      {text("<a>"), expression("role"), text("\n<b>"),
                                       expression("f('}}' + \"x\") | trim"), text("\n\".")}}));
  EXPECT_THAT(read_jinja_outputs("{% set x = 'a' + b %}{{ raise_exception('no') }}{{ x }}{% x %}"),
              ElementsAre(JinjaOutput{"", {expression("x")}},
                          JinjaOutput{"x", {text("a"), expression("b")}}));
}

TEST(JinjaOutput, TakesWhiteSpaceAroundTagsAwayAsTransformersDoes) {
  const auto only_text = [](const char* jinja) {
    const auto outputs = read_jinja_outputs(jinja);
    return outputs[0].pieces.empty() ? std::string() : outputs[0].pieces[0].text;
  };
  EXPECT_EQ(only_text("a\n  {% if b %}\n  c {% endif %}\n\nd"), "a\n  c \nd");
  EXPECT_EQ(only_text("a\n  {%- if b -%}\n  c {%+ endif +%}\nd"), "ac \nd");
  EXPECT_EQ(only_text("{{ 'a' }}  {% if b %}c"), "a  c");
  EXPECT_EQ(only_text("a {{- 'b' -}} c"), "abc");
}

TEST(JinjaOutput, ReadsWhatIsNotClosedAsText) {
  for (const char* jinja : {"a {{ b", "a {% 'c %}", "a {# }", "a {", "a { b"})
    EXPECT_THAT(read_jinja_outputs(jinja), ElementsAre(JinjaOutput{"", {text(jinja)}})) << jinja;
  EXPECT_THAT(read_jinja_outputs(""), ElementsAre(JinjaOutput{}));
}

}  // namespace
}  // namespace lidit
