#include "metrics/probes/sets/adjective_nouns.h"

#include <gmock/gmock.h>

#include "metrics/probes/sets/plan.h"
#include "tests/support/temporary_folder.h"

namespace lidit::probes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AdjectiveNouns, AreReadFromTwoPhrasesOfThreeWords) {
  EXPECT_THAT(pairs_of_prompt("a red car and an orange bowl"),
              ElementsAre(Pair{"red", "car"}, Pair{"orange", "bowl"}));
  for (const char* prompt :
       {"a red car", "a red car and a stop sign post", "rubber gloves and a red car",
        "a red car and a blue post-it", "a red car and the blue bowl", "a red and a blue bowl", ""})
    EXPECT_THAT(pairs_of_prompt(prompt), IsEmpty()) << prompt;
}

TEST(AdjectiveNouns, OfTheBenchmarkAreAsCounted) {
  const auto categories = load_pair_categories(LIDIT_SOURCE_DIR "/metrics/prompts/t2i-compbench");
  ASSERT_EQ(categories.size(), 3u);
  EXPECT_EQ(categories[0].name, "color");
  EXPECT_EQ(categories[1].name, "shape");
  EXPECT_EQ(categories[2].name, "texture");
  EXPECT_EQ(categories[0].pairs.size(), 559u);
  EXPECT_EQ(categories[1].pairs.size(), 364u);
  EXPECT_EQ(categories[2].pairs.size(), 71u);
  EXPECT_THAT(categories[2].adjectives(), ElementsAre("fabric", "fluffy", "glass", "leather",
                                                      "metallic", "plastic", "rubber", "wooden"));
}

TEST(AdjectiveNouns, LeaveOutAdjectivesThatFewNounsHave) {
  const TemporaryFolder folder;
  for (const char* name : {"color", "shape", "texture"})
    for (const char* split : {"train", "val"})
      folder.write(std::string(name) + "_" + split + ".txt",
                   "a red car and a red dog\na red cup and a red hat\na blue car and a red dog\n");
  const auto categories = load_pair_categories(folder.path());
  EXPECT_THAT(categories.front().adjectives(), ElementsAre("red"));
  EXPECT_THAT(categories.front().nouns(), ElementsAre("car", "cup", "dog", "hat"));
}

TEST(Plan, HoldsEveryPromptOnce) {
  Plan plan;
  const std::vector<Pair> pairs = {{"red", "car"}, {"blue", "dog"}};
  const Sentence sentence = list_pairs(pairs);
  EXPECT_THAT(plan.ask_segments(sentence), ElementsAre(0, 1));
  EXPECT_EQ(plan.ask_pooled(plan.add_prompt(sentence.text)), 2);
  EXPECT_THAT(plan.prompts(), ElementsAre(sentence.text));
  EXPECT_EQ(plan.requests()[1].range, sentence.mentions[1].segment);
  EXPECT_EQ(plan.requests()[2].range,
            (ByteRange{0, static_cast<std::int64_t>(sentence.text.size())}));
}

}  // namespace
}  // namespace lidit::probes
