#include "metrics/probes/sets/sentence.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace lidit::probes {
namespace {

const std::vector<Pair> kFour = {
    {"red", "car"}, {"orange", "umbrella"}, {"gold", "clock"}, {"blue", "dog"}};

std::string words(const Sentence& sentence, const ByteRange& range) {
  return sentence.text.substr(static_cast<std::size_t>(range.begin),
                              static_cast<std::size_t>(range.end - range.begin));
}

TEST(Sentence, ListsPairsWithTheirArticles) {
  EXPECT_EQ(list_pairs(kFour).text, "A red car, an orange umbrella, a gold clock, and a blue dog.");
  EXPECT_EQ(list_pairs(kFour, {.listing = Listing::commas_only}).text,
            "A red car, an orange umbrella, a gold clock, a blue dog.");
  EXPECT_EQ(list_pairs(kFour, {.attribute = Attribute::postnominal}).text,
            "A car that is red, an umbrella that is orange, a clock that is gold, and a dog that "
            "is blue.");
}

TEST(Sentence, IsGrammaticalWithFewPairs) {
  EXPECT_EQ(list_pairs(std::span(kFour).first(2)).text, "A red car and an orange umbrella.");
  EXPECT_EQ(list_pairs(std::span(kFour).subspan(1, 1)).text, "An orange umbrella.");
  EXPECT_THROW(list_pairs({}), std::logic_error);
}

TEST(Sentence, KnowsTheBytesOfEveryWord) {
  for (const Attribute attribute : {Attribute::prenominal, Attribute::postnominal}) {
    const Sentence sentence = list_pairs(kFour, {.attribute = attribute});
    ASSERT_EQ(sentence.mentions.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) {
      const Mention& mention = sentence.mentions[i];
      const Pair& pair = kFour[i];
      EXPECT_EQ(words(sentence, mention.adjective), pair.adjective);
      EXPECT_EQ(words(sentence, mention.noun), pair.noun);
      EXPECT_EQ(words(sentence, mention.segment), attribute == Attribute::prenominal
                                                      ? pair.adjective + " " + pair.noun
                                                      : pair.noun + " that is " + pair.adjective);
    }
  }
}

TEST(Sentence, ArticlesFollowTheSound) {
  for (const char* word : {"apple", "elephant", "ink", "oval", "umbrella", "urn", "hour"})
    EXPECT_EQ(article_of(word), "an") << word;
  for (const char* word : {"car", "house", "unicorn", "uniform", "ukulele", "yellow"})
    EXPECT_EQ(article_of(word), "a") << word;
}

}  // namespace
}  // namespace lidit::probes
