#include "metrics/scenes/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "metrics/scenes/lexicon.h"
#include "metrics/scenes/score.h"
#include "results/errors.h"
#include "tests/metrics/scenes/presets.h"

namespace lidit::scenes {
namespace {

class EveryWorld : public testing::TestWithParam<std::string_view> {
 protected:
  World world_{WorldSettings{.preset = std::string(GetParam())}};
};
INSTANTIATE_TEST_SUITE_P(Scenes, EveryWorld, testing::ValuesIn(preset_names()), test_name);

TEST_P(EveryWorld, ScoresItsOwnPicturesExactlyOne) {
  for (const Split& split : world_.splits())
    for (int index = 0; index < 40; ++index) {
      const Example example = world_.example(split.name, index);
      const PromptScore scored =
          score(world_.preset(), example.caption, world_.read(world_.draw(example.scene)));
      ASSERT_EQ(scored.all, 1) << example.caption.text;
      ASSERT_EQ(scored.extra, 0);
    }
}

TEST_P(EveryWorld, GivesTheSameExampleWheneverAsked) {
  const World again({.preset = std::string(GetParam())});
  const World other({.preset = std::string(GetParam()), .seed = 1});
  int same = 0;
  for (int index = 20; index-- > 0;) {
    const Example a = world_.example("seen", index), b = again.example("seen", index);
    EXPECT_EQ(a.caption.text, b.caption.text);
    EXPECT_EQ(a.scene, b.scene);
    same += a.caption.text == other.example("seen", index).caption.text;
  }
  EXPECT_LT(same, 10);
}

TEST_P(EveryWorld, KeepsTestAndDevCaptionsOutOfTraining) {
  std::set<std::string> training;
  const World large({.preset = std::string(GetParam()), .captions = 4000, .simple_share = 0.4});
  for (int index = 0; index < 4000; ++index)
    training.insert(large.example("train", index).caption.text);
  std::set<std::string> dev;
  for (const Split& split : large.splits()) {
    if (split.name == "train") continue;
    for (int index = 0; index < 200; ++index) {
      const auto text = large.example(split.name, index).caption.text;
      ASSERT_EQ(training.count(text), 0u) << split.name << ": " << text;
      if (split.scenes == Part::dev)
        dev.insert(text);
      else
        ASSERT_EQ(dev.count(text), 0u) << text;
    }
  }
}

TEST_P(EveryWorld, NeverTrainsOnHeldOutWordsPairsStructuresOrCounts) {
  for (int index = 0; index < 100; ++index) {
    const Example example = world_.example("train", index);
    const Caption& caption = example.caption;
    if (caption.category == Category::complex) {
      EXPECT_LE(example.scene.objects.size(),
                static_cast<std::size_t>(world_.preset().max_objects));
    }
    for (const Object& object : example.scene.objects)
      EXPECT_FALSE(world_.preset().is_held_out_pair(object));
    for (const Structure& structure : structures())
      if (structure_name(structure) == caption.structure) {
        EXPECT_TRUE(belongs(structure.group, Part::train, 0, world_.preset().training_groups));
      }
    for (const Wordings& entry : lexicon())
      for (const auto wording : entry.held_out)
        EXPECT_EQ((" " + caption.text).find(" " + std::string(wording)), std::string::npos)
            << caption.text;
  }
  for (int index = 0; index < 30; ++index)
    for (const Object& object : world_.example("combinations", index).scene.objects)
      EXPECT_TRUE(world_.preset().is_held_out_pair(object));
}

TEST_P(EveryWorld, TestsOneObjectMoreThanInTrainingWhereThereIsAPlaceForIt) {
  if (world_.preset().max_objects == world_.preset().places()) {
    EXPECT_THROW(world_.split("counts"), SpecError);
    return;
  }
  for (int index = 0; index < 30; ++index)
    EXPECT_EQ(world_.example("counts", index).scene.objects.size(),
              static_cast<std::size_t>(world_.preset().max_objects) + 1);
}

TEST_P(EveryWorld, TestsStructuresOfGroupsThatItNeitherTrainsNorTunesOn) {
  for (int fold = 0; fold < kGroups; ++fold) {
    const World world({.preset = std::string(GetParam()), .fold = fold});
    std::set<std::string> train, dev, test;
    for (int index = 0; index < 100; ++index) {
      train.insert(world.example("train", index).caption.structure);
      dev.insert(world.example("dev-structures", index).caption.structure);
      test.insert(world.example("structures", index).caption.structure);
    }
    EXPECT_EQ(test.size(), world.preset().trained_families.size());
    for (const auto& name : test) EXPECT_EQ(train.count(name) + dev.count(name), 0u) << name;
    for (const auto& name : dev) EXPECT_EQ(train.count(name), 0u) << name;
  }
}

TEST_P(EveryWorld, TestsLookingAheadOnObjectsThatShareNothing) {
  for (int index = 0; index < 50; ++index) {
    const auto objects = world_.example("look-ahead", index).scene.objects;
    for (std::size_t i = 0; i < objects.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        for (const Attribute attribute : {Attribute::shape, Attribute::colour, Attribute::place})
          EXPECT_NE(objects[i][attribute], objects[j][attribute]);
  }
}

TEST_P(EveryWorld, RotatesEachSetThroughAllPositions) {
  const int n = world_.preset().position_objects;
  for (const char* split : {"position-seen", "position-structures"})
    for (int set = 0; set < 20; ++set) {
      const Example first = world_.example(split, set * n);
      std::set<int> shapes, colours;
      for (const Object& object : first.scene.objects) {
        shapes.insert(object[Attribute::shape]);
        colours.insert(object[Attribute::colour]);
      }
      ASSERT_EQ(static_cast<int>(shapes.size()), n);
      ASSERT_EQ(static_cast<int>(colours.size()), n);
      for (int rotation = 0; rotation < n; ++rotation) {
        const Example example = world_.example(split, set * n + rotation);
        ASSERT_EQ(example.set, set);
        ASSERT_EQ(example.rotation, rotation);
        ASSERT_EQ(example.caption.structure, first.caption.structure);
        for (int i = 0; i < n; ++i) {
          const auto slot = static_cast<std::size_t>((i + rotation) % n);
          const auto pair = static_cast<std::size_t>(i);
          ASSERT_EQ(example.scene.objects[slot], first.scene.objects[pair]);
          ASSERT_EQ(example.caption.claims[slot].wanted, first.caption.claims[pair].wanted);
        }
      }
    }
}

TEST_P(EveryWorld, SpreadsEveryAttributeOverItsValues) {
  std::array<std::set<int>, kAttributes> seen;
  for (int index = 0; index < 100; ++index)
    for (const Object& object : world_.example("train", index).scene.objects)
      for (const Attribute attribute : kAllAttributes)
        seen[number(attribute)].insert(object[attribute]);
  for (const Attribute attribute : kAllAttributes)
    EXPECT_EQ(static_cast<int>(seen[number(attribute)].size()),
              world_.preset().concept_count(attribute));
}

TEST(World, HasAPoolThatIsAPrefixOfALargerPool) {
  const World small({.preset = "quick", .captions = 10}), large({.preset = "quick"});
  EXPECT_EQ(small.example("train", 9).caption.text, large.example("train", 9).caption.text);
  EXPECT_THROW(small.example("train", 10), SpecError);
  EXPECT_NO_THROW(small.example("seen", 10));
  EXPECT_NE(small.describe(), large.describe());
}

TEST(World, SaysTheSameScenesInMadeUpWords) {
  const World english({.preset = "quick"});
  const World nonsense({.preset = "quick", .nonsense_words = true});
  for (const char* split : {"train", "position-structures", "words-colour"})
    for (int index = 0; index < 20; ++index) {
      const Example a = english.example(split, index), b = nonsense.example(split, index);
      ASSERT_EQ(a.scene, b.scene);
      ASSERT_EQ(a.caption.structure, b.caption.structure);
      for (std::size_t i = 0; i < a.caption.claims.size(); ++i) {
        ASSERT_EQ(a.caption.claims[i].wanted, b.caption.claims[i].wanted);
        ASSERT_EQ(a.caption.claims[i].words.size(), b.caption.claims[i].words.size());
      }
      for (const Wordings& entry : lexicon())
        for (const auto& list : {entry.training, entry.held_out})
          for (const auto wording : list)
            EXPECT_EQ((b.caption.text + " ").find(" " + std::string(wording) + " "),
                      std::string::npos)
                << b.caption.text;
    }
  EXPECT_NE(english.describe(), nonsense.describe());
  EXPECT_NE(english.describe_tests(), nonsense.describe_tests());
}

TEST(World, RefusesSettingsThatMeanNothing) {
  EXPECT_THROW(World({.preset = "quik"}), SpecError);
  EXPECT_THROW(World({.captions = 0}), SpecError);
  EXPECT_THROW(World({.simple_share = 1.5}), SpecError);
  EXPECT_THROW(World({.simple_share = std::nan("")}), SpecError);
  EXPECT_THROW(World({.fold = kGroups}), SpecError);
  const World world({});
  EXPECT_THROW(world.example("sen", 0), SpecError);
  EXPECT_THROW(world.example("seen", -1), SpecError);
}

TEST(World, LeavesOneObjectOutOfAPositionSet) {
  const World world({.preset = "quick-four"});
  for (int index = 0; index < 40; ++index)
    for (int position = 0; position < 4; ++position) {
      const Example whole = world.example("position-structures", index);
      const auto rest = world.example_without("position-structures", index, position);
      ASSERT_TRUE(rest);
      EXPECT_EQ(rest->caption.structure, whole.caption.structure);
      std::vector<Object> objects = whole.scene.objects;
      objects.erase(objects.begin() + position);
      EXPECT_EQ(rest->scene.objects, objects);
      ASSERT_EQ(rest->caption.claims.size(), 3u);
      for (std::size_t claim = 0; claim < 3; ++claim)
        EXPECT_TRUE(rest->caption.claims[claim].holds(objects[claim])) << rest->caption.text;
    }
}

TEST_P(EveryWorld, LeavesOutObjectsWhereTheSentenceAllowsIt) {
  const int objects = world_.preset().position_objects;
  for (int index = 0; index < 100; ++index) {
    const std::string structure = world_.example("position-seen", index).caption.structure;
    const auto said = std::ranges::find(structures(), structure, structure_name);
    EXPECT_EQ(world_.example_without("position-seen", index, objects - 1).has_value(),
              said->least_objects < objects)
        << structure;
  }
  EXPECT_THROW(world_.example_without("seen", 0, 0), SpecError);
  EXPECT_THROW(world_.example_without("position-seen", 0, objects), std::logic_error);
}

TEST(World, SaysEachObjectExactlyInItsSceneTokens) {
  const World world({.preset = "quick"});
  const Scene scene = world.example("position-seen", 0).scene;
  const auto tokens = world.scene_tokens(scene);
  const auto width = static_cast<std::size_t>(world.scene_token_width());
  ASSERT_EQ(width, 4u + 6u + 1u + 1u + 4u);
  ASSERT_EQ(tokens.size(), scene.objects.size() * width);
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    const float* token = tokens.data() + i * width;
    EXPECT_EQ(std::count(token, token + width, 1.0f), 5);
    EXPECT_EQ(token[scene.objects[i][Attribute::shape]], 1);
    EXPECT_EQ(token[12 + scene.objects[i][Attribute::place]], 1);
  }
}

}  // namespace
}  // namespace lidit::scenes
