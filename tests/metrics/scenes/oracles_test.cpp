#include "metrics/scenes/oracles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "results/errors.h"

namespace lidit::scenes {
namespace {

TEST(Oracles, ScoreTheTrueImageExactlyOne) {
  for (const char* preset : {"tiny", "quick", "desk"}) {
    const World world({.preset = preset});
    const auto summary = summarise(oracle_scores(world, "category-complex", 20, Oracle::truth));
    for (const auto& [key, value] : summary) EXPECT_EQ(value, key == "extra" ? 0 : 1) << key;
  }
}

// With n objects that all differ, a shape and a colour meet their place by chance: (1/n)^2.
TEST(Oracles, BindABagOfWordsAsOftenAsCountingSays) {
  const World world({.preset = "quick"});
  const auto summary = summarise(oracle_scores(world, "position-seen", 300, Oracle::bag, 100));
  EXPECT_NEAR(summary.at("binding"), 1.0 / 9, 0.005);
  for (const char* position : {"1", "2", "3"})
    EXPECT_NEAR(summary.at(std::string("binding.position.") + position), 1.0 / 9, 0.01);
}

TEST(Oracles, BindABagOfFourObjectsOnceInSixteen) {
  const World world({.preset = "quick-four"});
  const auto summary = summarise(oracle_scores(world, "position-seen", 300, Oracle::bag, 100));
  for (const char* position : {"1", "2", "3", "4"})
    EXPECT_NEAR(summary.at(std::string("binding.position.") + position), 1.0 / 16, 0.006);
}

TEST(Oracles, GiveABagOfWordsItsMixedFloorThatFallsWithPosition) {
  const World world({.preset = "quick"});
  const auto summary = summarise(oracle_scores(world, "seen", 600, Oracle::bag, 50));
  EXPECT_NEAR(summary.at("binding"), 0.40, 0.04);
  EXPECT_NEAR(summary.at("binding.position.1"), 0.53, 0.04);
  EXPECT_NEAR(summary.at("binding.position.2"), 0.29, 0.04);
  EXPECT_NEAR(summary.at("binding.position.3"), 0.22, 0.04);
}

TEST(Oracles, RankChanceBelowTheBagInEverySplit) {
  const World world({.preset = "quick"});
  for (const Split& split : world.splits()) {
    const auto chance = summarise(oracle_scores(world, split.name, 60, Oracle::chance, 20));
    const auto bag = summarise(oracle_scores(world, split.name, 60, Oracle::bag, 20));
    EXPECT_LT(chance.at("binding"), bag.at("binding")) << split.name;
    EXPECT_LT(bag.at("binding"), 1) << split.name;
  }
}

TEST(Oracles, KeepEveryWordOfTheCaptionInTheBag) {
  const World world({.preset = "desk"});
  Philox draws(1, "test");
  for (const Split& split : world.splits())
    for (int index = 0; index < 20; ++index) {
      const Caption caption = world.example(split.name, index).caption;
      const Scene scene = shuffle_words(world.preset(), caption, draws);
      std::set<int> places;
      for (const Object& object : scene.objects) places.insert(object[Attribute::place]);
      EXPECT_EQ(places.size(), scene.objects.size());
      std::size_t objects = 0;
      for (const Claim& claim : caption.claims) {
        objects += static_cast<std::size_t>(claim.count);
        for (const Attribute attribute : kAllAttributes)
          if (claim[attribute]) {
            EXPECT_TRUE(std::any_of(
                scene.objects.begin(), scene.objects.end(),
                [&](const Object& object) { return object[attribute] == *claim[attribute]; }));
          }
      }
      EXPECT_EQ(scene.objects.size(), objects);
    }
}

TEST(Oracles, AreTheSameWheneverAsked) {
  const World world({.preset = "tiny"});
  EXPECT_EQ(summarise(oracle_scores(world, "seen", 20, Oracle::bag)),
            summarise(oracle_scores(world, "seen", 20, Oracle::bag)));
}

TEST(Oracles, RefuseChanceWithinOneSet) {
  const World world({.preset = "quick"});
  EXPECT_THROW(oracle_scores(world, "position-seen", 3, Oracle::chance), SpecError);
}

}  // namespace
}  // namespace lidit::scenes
