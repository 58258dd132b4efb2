#include "metrics/scenes/caption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "metrics/scenes/lexicon.h"
#include "metrics/scenes/world.h"
#include "tests/metrics/scenes/presets.h"

namespace lidit::scenes {
namespace {

using testing::Contains;
using testing::IsSupersetOf;

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  std::string word;
  for (const char letter : std::string(text) + " ") {
    if (std::isalpha(static_cast<unsigned char>(letter)))
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    else if (!word.empty())
      words.insert(std::exchange(word, ""));
  }
  return words;
}

const std::set<std::string> kFunctionWords = {"in", "the", "on", "at", "along"};

std::set<std::string> content_words(std::span<const std::string_view> wordings) {
  std::set<std::string> words;
  for (const auto wording : wordings) words.merge(words_of(wording));
  for (const auto& word : kFunctionWords) words.erase(word);
  return words;
}

TEST(Lexicon, SharesNoContentWordBetweenTrainingAndHeldOutWordings) {
  std::set<std::string> training, held_out;
  for (const Wordings& entry : lexicon()) {
    training.merge(content_words(entry.training));
    held_out.merge(content_words(entry.held_out));
    EXPECT_FALSE(entry.held_out.empty());
  }
  for (const auto& word : held_out) EXPECT_EQ(training.count(word), 0u) << word;
}

TEST(Lexicon, GivesNoContentWordToTwoConceptsOfOneAttribute) {
  std::map<std::pair<Attribute, std::string>, std::string_view> owner;
  for (const Wordings& entry : lexicon()) {
    if (entry.attribute == Attribute::place) continue;  // "left" is in four places
    for (const auto& list : {entry.training, entry.held_out})
      for (const auto& word : content_words(list)) {
        const auto [at, fresh] = owner.insert({{entry.attribute, word}, entry.concept_name});
        EXPECT_TRUE(fresh || at->second == entry.concept_name) << word;
      }
  }
}

TEST(Lexicon, IsNotSpokenByTheStructuresThemselves) {
  std::set<std::string> lexical;
  for (const Wordings& entry : lexicon())
    for (const auto& list : {entry.training, entry.held_out}) lexical.merge(content_words(list));
  const std::regex placeholder("\\{[a-z]+\\}");
  for (const Structure& structure : structures())
    for (const Pass& pass : structure.passes)
      for (const auto piece :
           {pass.before, pass.item, pass.separator, pass.last_separator, pass.after})
        for (const auto& word : words_of(std::regex_replace(std::string(piece), placeholder, "")))
          EXPECT_EQ(lexical.count(word), 0u) << structure_name(structure) << ": " << word;
}

TEST(Lexicon, HasAMadeUpWordOfItsOwnForEveryWording) {
  std::set<std::string> lexical, made_up;
  for (const Wordings& entry : lexicon())
    for (const auto& list : {entry.training, entry.held_out}) lexical.merge(content_words(list));
  for (const Wordings& entry : lexicon())
    for (const auto& list : {entry.training, entry.held_out})
      for (const auto wording : list) {
        EXPECT_EQ(nonsense(wording), nonsense(wording));
        const auto words = content_words(std::vector{nonsense(wording)});
        ASSERT_EQ(words.size(), 1u) << nonsense(wording);
        EXPECT_EQ(lexical.count(*words.begin()), 0u);
        EXPECT_TRUE(made_up.insert(*words.begin()).second) << *words.begin();
      }
  EXPECT_THAT(std::string(nonsense("in the top left")), testing::StartsWith("in the "));
  EXPECT_THROW(nonsense("mauve"), std::logic_error);
}

TEST(Structures, AreTenFamiliesWithOneMemberInEveryGroup) {
  std::set<std::pair<Family, int>> seen;
  for (const Structure& structure : structures())
    EXPECT_TRUE(seen.insert({structure.family, structure.group}).second);
  EXPECT_EQ(seen.size(), 10u * kGroups);
}

TEST(Structures, RotateThroughTestDevAndTrainOverTheFolds) {
  for (int group = 0; group < kGroups; ++group) {
    int test = 0, dev = 0, train = 0;
    for (int fold = 0; fold < kGroups; ++fold) {
      const bool is_test = belongs(group, Part::test, fold, 4);
      const bool is_dev = belongs(group, Part::dev, fold, 4);
      const bool is_train = belongs(group, Part::train, fold, 4);
      EXPECT_EQ(is_test + is_dev + is_train, 1);
      test += is_test, dev += is_dev, train += is_train;
    }
    EXPECT_EQ(std::vector({test, dev, train}), std::vector({1, 1, 4}));
  }
}

Claim red_circle(int count, bool counted) {
  Claim claim;
  claim.wanted[number(Attribute::shape)] = 0;
  claim.wanted[number(Attribute::colour)] = 0;
  claim.count = count;
  claim.counted = counted;
  return claim;
}

const Structure& find_structure(Family family, int group) {
  for (const Structure& structure : structures())
    if (structure.family == family && structure.group == group) return structure;
  throw std::logic_error("no such structure");
}

TEST(WriteCaption, ChoosesArticlesPluralsAndCapitals) {
  const std::vector<WordChoice> words = {{"box", "emerald", "", "", ""},
                                         {"ring", "uniform", "", "", ""}};
  const Structure& bare = find_structure(Family::plain, 0);
  EXPECT_EQ(write_caption(bare, {red_circle(1, false), red_circle(1, false)}, words, "").text,
            "an emerald box and a uniform ring");
  const Structure& sentence = find_structure(Family::plain, 2);
  EXPECT_EQ(write_caption(sentence, {red_circle(3, true), red_circle(1, true)}, words, "").text,
            "Draw three emerald boxes as well as one uniform ring.");
  const Structure& relation = find_structure(Family::relation, 3);
  EXPECT_EQ(
      write_caption(relation, {red_circle(1, false), red_circle(1, false)}, words, "above").text,
      "An emerald box is above a uniform ring.");
}

TEST(WriteCaption, RefusesAStructureThatAsksForWhatNoClaimStates) {
  const std::vector<WordChoice> words = {{"box", "red", "", "", ""}};
  EXPECT_THROW(
      write_caption(find_structure(Family::prenominal, 0), {red_circle(1, false)}, words, ""),
      std::logic_error);
}

TEST(InWords, StatesEverythingThatThePresetCanSay) {
  Object small;
  small[Attribute::colour] = 2;
  small[Attribute::place] = 4;
  small[Attribute::texture] = 1;
  const std::vector<Object> objects = {small, small};
  EXPECT_EQ(in_words(preset("desk"), objects),
            "a small striped blue circle in the center and a small striped blue circle in the "
            "center");
  EXPECT_EQ(in_words(preset("desk"), {}), "nothing");
  const Example example = World({.preset = "quick"}).example("seen", 0);
  EXPECT_NE(in_words(preset("quick"), example.scene.objects), "nothing");
}

TEST(RelationHolds, NeedsOneAxisToDominate) {
  const Preset& desk = preset("desk");  // 0 1 2 / 3 4 5 / 6 7 8
  EXPECT_TRUE(relation_holds(desk, 0, 3, 4));
  EXPECT_TRUE(relation_holds(desk, 0, 0, 5));
  EXPECT_FALSE(relation_holds(desk, 0, 0, 4));
  EXPECT_FALSE(relation_holds(desk, 0, 4, 3));
  EXPECT_TRUE(relation_holds(desk, 1, 4, 3));
  EXPECT_TRUE(relation_holds(desk, 2, 1, 7));
  EXPECT_TRUE(relation_holds(desk, 3, 7, 0));
}

class EveryCaption : public testing::TestWithParam<std::string_view> {
 protected:
  World world_{WorldSettings{.preset = std::string(GetParam())}};
};
INSTANTIATE_TEST_SUITE_P(Scenes, EveryCaption, testing::ValuesIn(preset_names()), test_name);

std::string lower(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

TEST_P(EveryCaption, SaysEveryClaimInItsOwnMentionsInTheRightWords) {
  for (const Split& split : world_.splits())
    for (int index = 0; index < 30; ++index) {
      const Caption caption = world_.example(split.name, index).caption;
      for (const Claim& claim : caption.claims) {
        std::set<Attribute> said;
        for (const Word& word : claim.words) {
          said.insert(word.attribute);
          ASSERT_TRUE(std::any_of(claim.mentions.begin(), claim.mentions.end(),
                                  [&](const Span& mention) {
                                    return mention.begin <= word.span.begin &&
                                           word.span.end <= mention.end;
                                  }))
              << caption.text;
          const auto text =
              lower(caption.text.substr(static_cast<std::size_t>(word.span.begin),
                                        static_cast<std::size_t>(word.span.end - word.span.begin)));
          const auto& entry = wordings(
              word.attribute,
              world_.preset().concepts[number(word.attribute)]
                                      [static_cast<std::size_t>(claim[word.attribute].value())]);
          const auto& allowed =
              split.held_out_words == word.attribute ? entry.held_out : entry.training;
          std::vector<std::string> spoken;
          for (const auto wording : allowed) {
            const bool many = claim.count > 1 && word.attribute == Attribute::shape;
            spoken.push_back(lower(many ? plural(wording) : std::string(wording)));
          }
          ASSERT_THAT(spoken, Contains(text)) << caption.text;
        }
        for (const Attribute attribute : kAllAttributes)
          ASSERT_EQ(claim[attribute].has_value(), said.count(attribute) == 1) << caption.text;
      }
    }
}

TEST_P(EveryCaption, DescribesItsSceneWithExactlyOneReading) {
  for (const Split& split : world_.splits())
    for (int index = 0; index < 50; ++index) {
      const Example example = world_.example(split.name, index);
      std::size_t objects = 0;
      for (const Claim& claim : example.caption.claims) {
        objects += static_cast<std::size_t>(claim.count);
        ASSERT_EQ(std::count_if(example.scene.objects.begin(), example.scene.objects.end(),
                                [&](const Object& object) { return claim.holds(object); }),
                  claim.count)
            << example.caption.text;
      }
      ASSERT_EQ(objects, example.scene.objects.size());
    }
}

// What a text means may not depend on anything but the text.
TEST_P(EveryCaption, NeverGivesOneTextTwoMeanings) {
  std::map<std::string, std::string> meaning;
  for (const Split& split : world_.splits()) {
    if (split.name == "train") continue;
    for (int index = 0; index < (GetParam() == "tiny" ? 1500 : 150); ++index) {
      const Caption caption = world_.example(split.name, index).caption;
      const auto claims = to_json(world_.preset(), caption.claims) + to_json(caption.relations);
      const auto [at, fresh] = meaning.insert({caption.text, claims});
      ASSERT_TRUE(fresh || at->second == claims) << caption.text;
    }
  }
}

TEST(Structures, HaveOneReadingEachWhicheverFoldTheyAreHeldOutIn) {
  std::map<std::string, std::string> meaning;
  std::set<std::string> met;
  for (int fold = 0; fold < kGroups; ++fold) {
    const World world({.preset = "desk", .fold = fold});
    for (const Split& split : world.splits()) {
      if (split.name == "train" || split.held_out_words) continue;
      for (int index = 0; index < 40; ++index) {
        const Example example = world.example(split.name, index);
        const Caption& caption = example.caption;
        met.insert(caption.structure);
        for (const Claim& claim : caption.claims)
          ASSERT_EQ(std::count_if(example.scene.objects.begin(), example.scene.objects.end(),
                                  [&](const Object& object) { return claim.holds(object); }),
                    claim.count)
              << caption.text;
        const auto claims = to_json(world.preset(), caption.claims) + to_json(caption.relations);
        const auto [at, fresh] = meaning.insert({caption.text, claims});
        ASSERT_TRUE(fresh || at->second == claims) << caption.text;
      }
    }
  }
  EXPECT_EQ(met.size(), structures().size());
}

TEST(Numeracy, CountsFromOneToEight) {
  const World world({.preset = "desk"});
  std::set<int> counts;
  for (int index = 0; index < 300; ++index)
    for (const Claim& claim : world.example("category-numeracy", index).caption.claims) {
      EXPECT_TRUE(claim.counted);
      counts.insert(claim.count);
    }
  EXPECT_THAT(counts, testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_P(EveryCaption, RefersOnlyByWhatIsUniqueInStructuresThatRefer) {
  for (const Split& split : world_.splits())
    for (int index = 0; index < 30; ++index) {
      const Caption caption = world_.example(split.name, index).caption;
      for (const Structure& structure : structures()) {
        if (structure_name(structure) != caption.structure) continue;
        if (structure.unique == Unique::nothing) continue;
        const auto attribute =
            structure.unique == Unique::shapes ? Attribute::shape : Attribute::colour;
        std::set<int> values;
        for (const Claim& claim : caption.claims)
          ASSERT_TRUE(values.insert(claim[attribute].value()).second) << caption.text;
      }
    }
}

TEST(DenseCaptions, HaveFortyToNinetyWords) {
  const World world({.preset = "desk"});
  int dense = 0;
  for (const char* split : {"seen", "structures", "position-seen", "counts"})
    for (int index = 0; index < 300; ++index) {
      const Caption caption = world.example(split, index).caption;
      if (!caption.structure.starts_with("dense")) continue;
      ++dense;
      std::istringstream stream(caption.text);
      const auto words = std::distance(std::istream_iterator<std::string>(stream), {});
      EXPECT_GE(words, 33) << caption.text;
      EXPECT_LE(words, 90) << caption.text;
      if (caption.claims.size() >= 4) {
        EXPECT_GE(words, 40) << caption.text;
      }
    }
  EXPECT_GT(dense, 100);
}

}  // namespace
}  // namespace lidit::scenes
