#include "encoders/strategies/instructions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "encoders/text/chat_template.h"
#include "results/errors.h"

namespace lidit {
namespace {

TEST(Instructions, AreTheLevelsOfTheAxisEachWithItsOwnText) {
  EXPECT_THAT(instruction_names(), testing::ElementsAre("none", "li-dit", "and-background",
                                                        "lumina", "short", "long", "random-words"));
  std::set<std::pair<std::string, bool>> texts;
  for (const std::string& name : instruction_names()) {
    const Instruction instruction = find_instruction(name);
    EXPECT_EQ(instruction.text.empty(), name == "none");
    EXPECT_EQ(instruction.random_words, name == "random-words");
    EXPECT_EQ(instruction_name(instruction), name);
    EXPECT_TRUE(texts.emplace(instruction.text, instruction.random_words).second) << name;
  }
}

TEST(Instructions, WithTheBackgroundIsLiDitsButForItsEnd) {
  std::string text = find_instruction("li-dit").text;
  text.replace(text.rfind(':'), 1, " and background:");
  EXPECT_EQ(find_instruction("and-background").text, text);
}

TEST(Instructions, OfLuminaStandsBeforeThePromptAsLuminaWritesIt) {
  const RenderedTemplate rendered =
      render_chat_template("plain", std::nullopt, find_instruction("lumina").text);
  ASSERT_EQ(rendered.prefix.size(), 1u);
  EXPECT_EQ(rendered.prefix[0].text + rendered.caption_lead,
            "You are an assistant designed to generate superior images with the superior degree of "
            "image-text alignment based on textual prompts or user prompts. <Prompt Start> ");
}

TEST(Instructions, OfRandomWordsStandForAsManyTokensAsLiDitsHas) {
  EXPECT_EQ(find_instruction("random-words").text, find_instruction("li-dit").text);
}

TEST(Instructions, TakeAnyTextWithASpaceAndNothingElse) {
  EXPECT_EQ(find_instruction("draw this:"), (Instruction{"draw this:"}));
  EXPECT_EQ(instruction_name(find_instruction("draw this:")), "own");
  EXPECT_THROW(find_instruction("draw"), SpecError);
}

}  // namespace
}  // namespace lidit
