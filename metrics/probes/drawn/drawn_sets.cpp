#include "metrics/probes/drawn/drawn_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "metrics/scenes/oracles.h"
#include "metrics/scenes/score.h"
#include "results/errors.h"

namespace lidit::probes {
namespace {

constexpr std::int64_t kFloorPrompts = 120;
constexpr int kFloorDraws = 50;

/// The number of a text among `texts`, to which it is added where it is new.
std::size_t number_of(const std::string& text, std::vector<std::string>& texts) {
  const auto found = std::ranges::find(texts, text);
  const auto number = static_cast<std::size_t>(found - texts.begin());
  if (found == texts.end()) texts.push_back(text);
  return number;
}

DrawnPlan plan_set(const scenes::World& world, std::int64_t set, bool with_ablations) {
  const std::int64_t slots = drawn_slots(world);
  DrawnPlan plan{.set = set, .texts = {}, .captions = {}, .whole = {}, .without = {}};
  for (std::int64_t rotation = 0; rotation < slots; ++rotation) {
    const std::int64_t index = set * slots + rotation;
    plan.captions.push_back(world.example(kDrawnSplit, index).caption);
    plan.whole.push_back(number_of(plan.captions.back().text, plan.texts));
    if (!with_ablations) continue;
    std::vector<std::size_t> by_slot;
    for (int slot = 0; slot < static_cast<int>(slots); ++slot)
      if (const auto rest = world.example_without(kDrawnSplit, index, slot))
        by_slot.push_back(number_of(rest->caption.text, plan.texts));
    if (std::ssize(by_slot) == slots) plan.without.push_back(std::move(by_slot));
  }
  return plan;
}

SlotScores scores_of(const scenes::World& world, const scenes::Caption& caption,
                     const scenes::Reading& reading) {
  SlotScores scores;
  for (const scenes::ClaimScore& claim : scenes::score(world.preset(), caption, reading).claims)
    scores.push_back(claim.binding);
  return scores;
}

}  // namespace

std::int64_t drawn_slots(const scenes::World& world) { return world.preset().position_objects; }

std::vector<DrawnPlan> plan_drawn_sets(const scenes::World& world, std::int64_t sets,
                                       bool with_ablations) {
  if (sets < 1) throw UserError("there is nothing to draw of no sets; take at least 1");
  if (drawn_slots(world) < 2)
    throw UserError(
        fmt::format("the position sets of the preset '{}' have one object: there are "
                    "no positions to compare",
                    world.preset().name));
  std::vector<DrawnPlan> plans;
  for (std::int64_t set = 0; set < sets; ++set)
    plans.push_back(plan_set(world, set, with_ablations));
  return plans;
}

DrawnSet judge(const scenes::World& world, const DrawnPlan& plan,
               const std::vector<std::vector<scenes::Reading>>& readings) {
  const std::size_t images = readings.empty() ? 0 : readings.front().size();
  const auto has_all = [&](const auto& of_text) { return of_text.size() == images; };
  if (images == 0 || readings.size() != plan.texts.size() ||
      !std::ranges::all_of(readings, has_all))
    throw std::logic_error(fmt::format("readings of {} texts for {}, {} images of the first",
                                       readings.size(), plan.texts.size(), images));
  DrawnSet found;
  for (std::size_t image = 0; image < images; ++image) {
    auto& whole = found.whole.emplace_back();
    auto& without = found.without.emplace_back();
    for (std::size_t rotation = 0; rotation < plan.captions.size(); ++rotation) {
      const auto scores = [&](std::size_t text) {
        return scores_of(world, plan.captions[rotation], readings[text][image]);
      };
      whole.push_back(scores(plan.whole[rotation]));
      if (plan.without.empty()) continue;
      auto& by_slot = without.emplace_back();
      for (const std::size_t text : plan.without[rotation]) by_slot.push_back(scores(text));
    }
  }
  return found;
}

double bag_floor(const scenes::World& world, std::int64_t sets) {
  const std::int64_t prompts = std::min(kFloorPrompts, sets * drawn_slots(world));
  return scenes::summarise(
             scenes::oracle_scores(world, kDrawnSplit, prompts, scenes::Oracle::bag, kFloorDraws))
      .at("binding");
}

}  // namespace lidit::probes
