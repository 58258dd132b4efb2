// Sets of captions of the drawn world for the probes of position on images: what is to be drawn,
// and what the verifier makes of the drawings. No LibTorch.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/scenes/world.h"

namespace lidit::probes {

/// The split whose sets are drawn: M objects rotated through all M places of the caption, unique
/// shapes and colours, structures and wordings of training.
inline constexpr std::string_view kDrawnSplit = "position-seen";

/// What is drawn of one set. Every image is judged by the whole caption of its rotation, so that an
/// object that was left out is looked for too.
struct DrawnPlan {
  std::int64_t set = 0;
  std::vector<std::string> texts;         // each once
  std::vector<scenes::Caption> captions;  // by rotation: all M objects
  std::vector<std::size_t> whole;         // by rotation: the number of its text
  /// By rotation and slot: the number of the text without the object of that slot; empty where the
  /// structure of the set needs all objects.
  std::vector<std::vector<std::size_t>> without;
};

/// Sets 0..sets-1 of the split, `with_ablations` or with whole captions alone. UserError when there
/// is no set, or when the world's sets have one object.
std::vector<DrawnPlan> plan_drawn_sets(const scenes::World& world, std::int64_t sets,
                                       bool with_ablations);

/// Objects in a caption of the sets, which is the number of slots and of rotations.
std::int64_t drawn_slots(const scenes::World& world);

/// y by slot: 1 where everything that the whole caption says of the slot's object is right at once.
using SlotScores = std::vector<double>;

/// What was found of one set.
struct DrawnSet {
  std::vector<std::vector<SlotScores>> whole;  // by image, rotation
  /// By image, rotation, slot left out; the scores are those of all slots, the one left out too.
  std::vector<std::vector<std::vector<SlotScores>>> without;

  std::int64_t slots() const { return static_cast<std::int64_t>(whole.at(0).size()); }
};

/// `readings` by text and image: as many images of every text. std::logic_error otherwise.
DrawnSet judge(const scenes::World& world, const DrawnPlan& plan,
               const std::vector<std::vector<scenes::Reading>>& readings);

/// The score of an oracle that knows all words and binds them at random, over the first sets: the
/// floor, which is the same in every slot.
double bag_floor(const scenes::World& world, std::int64_t sets);

}  // namespace lidit::probes
