#include "metrics/probes/drawn/drawn_probes.h"

#include <gmock/gmock.h>

#include <map>
#include <stdexcept>

#include "results/errors.h"

namespace lidit::probes {
namespace {

using scenes::World;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

/// The measures of one probe of a table of scores.
class Found {
 public:
  Found(std::string_view probe, const std::vector<DrawnSet>& sets) {
    for (const DrawnProbe& entry : drawn_probe_table())
      if (entry.name == probe) measures_ = entry.score(sets);
  }
  const std::vector<double>& operator[](const std::string& name) const {
    for (const Measure& measure : measures_)
      if (measure.name == name) return measure.by_set;
    throw std::logic_error("no measure " + name);
  }

 private:
  std::vector<Measure> measures_;
};

/// `images` images of a set in which y is what `score` says of slot and object.
template <class Score>
DrawnSet set_of(std::size_t slots, std::size_t images, Score score) {
  DrawnSet set;
  for (std::size_t image = 0; image < images; ++image) {
    auto& whole = set.whole.emplace_back();
    for (std::size_t rotation = 0; rotation < slots; ++rotation) {
      SlotScores& y = whole.emplace_back();
      for (std::size_t slot = 0; slot < slots; ++slot)
        y.push_back(score(slot, (slot + slots - rotation) % slots));
    }
    set.without.emplace_back();
  }
  return set;
}

/// Two objects, one image: the first slot is always right, the last in the second rotation alone.
DrawnSet two_objects() {
  return {.whole = {{{1, 0}, {1, 1}}}, .without = {{{{0, 1}, {1, 0}}, {{1, 1}, {1, 0}}}}};
}

TEST(DrawnPosition, IsTheSlopeOfTheSlotsMeans) {
  const Found found("P2-images", {two_objects()});
  EXPECT_THAT(found["score"], ElementsAre(0.75));
  EXPECT_THAT(found["slope"], ElementsAre(-1));  // from 1 at r = 1/4 to 1/2 at r = 3/4
  EXPECT_THAT(found["gap"], ElementsAre(0.5));
  EXPECT_THAT(found["curvature"], IsEmpty());  // two points have none
  EXPECT_THAT(found["slot.1"], ElementsAre(1));
  EXPECT_THAT(found["slot.2"], ElementsAre(0.5));
}

TEST(DrawnPosition, TellsAFallFromABend) {
  const auto right_if = [](auto is_right) {
    return set_of(4, 2, [=](std::size_t slot, std::size_t) { return is_right(slot) ? 1.0 : 0.0; });
  };
  const Found found("P2-images", {right_if([](std::size_t slot) { return slot < 2; }),
                                  right_if([](std::size_t slot) { return slot % 3 == 0; })});
  // x = r - 1/2: sum of squares 5/16, of products -1/2; of (r - 1/2)^2: 1/64 and 1/8.
  EXPECT_NEAR(found["slope"][0], -1.6, 1e-12);
  EXPECT_NEAR(found["curvature"][0], 0, 1e-12);
  EXPECT_NEAR(found["slope"][1], 0, 1e-12);
  EXPECT_NEAR(found["curvature"][1], 8, 1e-12);
  EXPECT_THAT(found["gap"], ElementsAre(1, 0));
}

TEST(DrawnPosition, DoesNotMistakeEasyObjectsForEasySlots) {
  const std::vector<DrawnSet> sets = {
      set_of(4, 1, [](std::size_t, std::size_t object) { return object < 2 ? 1.0 : 0.0; })};
  EXPECT_THAT(Found("P2-images", sets)["slope"], ElementsAre(0));
  EXPECT_THAT(Found("P3-images", sets)["flips"], ElementsAre(0));
  EXPECT_EQ(mcnemar_of_order(sets), 1);
}

TEST(DrawnOrder, CountsObjectsThatAreRightInOneOfTwoSlots) {
  const Found found("P3-images", {two_objects()});
  EXPECT_THAT(found["flips"], ElementsAre(0.5));  // the second object; the first is right in both
  EXPECT_THAT(found["first_alone"], ElementsAre(0.5));
  EXPECT_THAT(found["last_alone"], ElementsAre(0));
  EXPECT_THAT(found["first_minus_last"], ElementsAre(0.5));
}

TEST(DrawnOrder, HasMcNemarsExactP) {
  const std::vector<DrawnSet> sets = {
      set_of(4, 2, [](std::size_t slot, std::size_t) { return slot == 0 ? 1.0 : 0.0; })};
  EXPECT_NEAR(*mcnemar_of_order(sets), 2.0 / 256, 1e-12);  // eight to none
  EXPECT_FALSE(mcnemar_of_order({}));
}

TEST(DrawnAblation, IsUseForOneselfAndCollateralForOthers) {
  const Found found("P4-images", {two_objects()});
  EXPECT_THAT(found["use.1"], ElementsAre(0.5));
  EXPECT_THAT(found["use.2"], ElementsAre(0.5));
  EXPECT_THAT(found["use"], ElementsAre(0.5));
  EXPECT_THAT(found["use.slope"], ElementsAre(0));
  EXPECT_THAT(found["anyway"], ElementsAre(0.25));
  EXPECT_THAT(found["collateral.1"], ElementsAre(0.5));
  EXPECT_THAT(found["collateral.2"], ElementsAre(0));
  EXPECT_THAT(found["collateral.slope"], ElementsAre(-1));
}

TEST(DrawnAblation, LeavesOutSetsThatNeedAllObjects) {
  const Found found("P4-images",
                    {set_of(2, 1, [](std::size_t, std::size_t) { return 1.0; }), two_objects()});
  EXPECT_THAT(found["use"], ElementsAre(0.5));
}

TEST(DrawnProbes, HaveAMeasureForEveryColumn) {
  for (const DrawnProbe& probe : drawn_probe_table()) {
    const Found found(probe.name, {two_objects()});
    for (const ProbeColumn& column : probe.columns(2)) EXPECT_NO_THROW(found[column.measure]);
  }
}

/// Of a plan, what the verifier reads of true pictures: of each text, or of the whole caption
/// whatever the text.
std::vector<std::vector<scenes::Reading>> readings_of(const World& world, const DrawnPlan& plan,
                                                      bool of_the_text) {
  std::map<std::string, scenes::Scene> scene_of;
  const std::int64_t slots = drawn_slots(world);
  for (std::int64_t rotation = 0; rotation < slots; ++rotation) {
    const std::int64_t index = plan.set * slots + rotation;
    const scenes::Example whole = world.example(kDrawnSplit, index);
    scene_of[whole.caption.text] = whole.scene;
    for (int slot = 0; slot < static_cast<int>(slots); ++slot)
      if (const auto rest = world.example_without(kDrawnSplit, index, slot))
        scene_of[rest->caption.text] = of_the_text ? rest->scene : whole.scene;
  }
  std::vector<std::vector<scenes::Reading>> readings;
  for (const std::string& text : plan.texts)
    readings.push_back({scenes::reading_of(world.preset(), scene_of.at(text))});
  return readings;
}

TEST(DrawnSets, OfATrueDrawerUseEveryWordAndCostNothing) {
  const World world({.preset = "quick-four"});
  for (const bool reads : {true, false}) {
    std::vector<DrawnSet> sets;
    for (const DrawnPlan& plan : plan_drawn_sets(world, 12, /*with_ablations=*/true)) {
      EXPECT_EQ(plan.texts.size(), 16u);  // 4 rotations and 4 x 3 rotations of three
      sets.push_back(judge(world, plan, readings_of(world, plan, reads)));
    }
    EXPECT_THAT(Found("P2-images", sets)["score"], Each(1));
    const Found found("P4-images", sets);
    EXPECT_THAT(found["use"], testing::AllOf(testing::SizeIs(12), Each(reads ? 1 : 0)));
    EXPECT_THAT(found["anyway"], Each(reads ? 0 : 1));
    EXPECT_THAT(found["collateral"], Each(0));
  }
}

TEST(DrawnSets, WithoutAblationsAreTheRotations) {
  const World world({.preset = "quick"});
  const DrawnPlan plan = plan_drawn_sets(world, 1, /*with_ablations=*/false).front();
  EXPECT_EQ(plan.texts.size(), 3u);
  EXPECT_THAT(plan.without, IsEmpty());
}

TEST(DrawnSets, RefuseNoSetsAndMissingReadings) {
  const World world({.preset = "tiny"});
  EXPECT_THROW(plan_drawn_sets(world, 0, true), UserError);
  const DrawnPlan plan = plan_drawn_sets(world, 1, true).front();
  EXPECT_THROW(judge(world, plan, {}), std::logic_error);
}

TEST(DrawnSets, HaveTheFloorOfABagOfWords) {
  EXPECT_NEAR(bag_floor(World({.preset = "quick-four"}), 60), 1.0 / 16, 0.01);
}

}  // namespace
}  // namespace lidit::probes
