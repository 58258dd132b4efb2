#include "metrics/scenes/oracles.h"

#include <fmt/format.h>

#include <array>
#include <numeric>

#include "metrics/scenes/lexicon.h"
#include "results/errors.h"

namespace lidit::scenes {
namespace {

using Column = std::vector<std::optional<int>>;  // one value per claim

Column dealt(const Column& column, Philox& draws) {
  Column result;
  for (const auto i : draws.permutation(static_cast<std::int64_t>(column.size())))
    result.push_back(column[static_cast<std::size_t>(i)]);
  return result;
}

/// Places of the first two objects such that the first stands to the second as the relation says.
std::array<int, 2> related_places(const Preset& preset, int kind, Philox& draws) {
  while (true) {
    const auto order = draws.permutation(preset.places());
    const std::array places = {static_cast<int>(order[0]), static_cast<int>(order[1])};
    if (relation_holds(preset, kind, places[0], places[1])) return places;
  }
}

/// The place that each claim asks for, dealt out.
Column deal_places(const Preset& preset, const Caption& caption, Philox& draws) {
  Column places;
  for (const Claim& claim : caption.claims) places.push_back(claim[Attribute::place]);
  for (const Relation& relation : caption.relations) {
    const auto pair = related_places(preset, relation.kind, draws);
    places.at(static_cast<std::size_t>(relation.subject)) = pair[0];
    places.at(static_cast<std::size_t>(relation.object)) = pair[1];
  }
  return dealt(places, draws);
}

/// The index of a prompt of another set.
std::size_t other_prompt(const std::vector<Example>& examples, std::size_t own, Philox& draws) {
  while (true) {
    const auto index = static_cast<std::size_t>(draws.below(examples.size()));
    if (examples[index].set != examples[own].set) return index;
  }
}

}  // namespace

std::string_view name(Oracle oracle) {
  constexpr std::array<std::string_view, 3> names = {"chance", "bag", "truth"};
  return names.at(static_cast<std::size_t>(oracle));
}

Scene shuffle_words(const Preset& preset, const Caption& caption, Philox& draws) {
  std::array<Column, kAttributes> columns;
  Column counts;
  for (const Claim& claim : caption.claims) {
    counts.push_back(claim.count);
    for (const Attribute attribute : kAllAttributes)
      columns[number(attribute)].push_back(claim[attribute]);
  }
  for (const Attribute attribute : kAllAttributes)
    columns[number(attribute)] = attribute == Attribute::place
                                     ? deal_places(preset, caption, draws)
                                     : dealt(columns[number(attribute)], draws);
  counts = dealt(counts, draws);

  std::vector<bool> taken(static_cast<std::size_t>(preset.places()));
  for (const auto& place : columns[number(Attribute::place)])
    if (place) taken[static_cast<std::size_t>(*place)] = true;
  const auto free_place = [&] {
    std::uint64_t place;
    do place = draws.below(taken.size());
    while (taken[place]);
    taken[place] = true;
    return static_cast<int>(place);
  };
  Scene scene;
  for (std::size_t i = 0; i < counts.size(); ++i)
    for (int k = 0; k < counts[i].value(); ++k) {
      Object object;
      for (const Attribute attribute : kAllAttributes) {
        const auto& value = columns[number(attribute)][i];
        const auto choices = static_cast<std::uint64_t>(preset.concept_count(attribute));
        object[attribute] = value ? *value
                            : attribute == Attribute::place
                                ? free_place()
                                : static_cast<int>(draws.below(choices));
      }
      scene.objects.push_back(object);
    }
  return scene;
}

std::vector<PromptScore> oracle_scores(const World& world, std::string_view split,
                                       std::int64_t prompts, Oracle oracle, int draws) {
  const Preset& preset = world.preset();
  std::vector<Example> examples;
  for (std::int64_t index = 0; index < prompts; ++index)
    examples.push_back(world.example(split, index));
  if (oracle == Oracle::chance && (examples.empty() || examples.back().set == 0))
    throw SpecError(fmt::format(
        "chance needs prompts of two different sets, not {} prompts of '{}'", prompts, split));
  const auto picture = [&](std::size_t i, Philox& random) {
    if (oracle == Oracle::truth) return world.read(world.draw(examples[i].scene));
    if (oracle == Oracle::bag)
      return reading_of(preset, shuffle_words(preset, examples[i].caption, random));
    return reading_of(preset, examples[other_prompt(examples, i, random)].scene);
  };
  std::vector<PromptScore> scores;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    Philox random(world.settings().seed, fmt::format("oracle/{}/{}", name(oracle), split), i);
    std::vector<PromptScore> sample;
    for (int draw = 0; draw < (oracle == Oracle::truth ? 1 : draws); ++draw)
      sample.push_back(score(preset, examples[i].caption, picture(i, random)));
    scores.push_back(mean(sample));
  }
  return scores;
}

}  // namespace lidit::scenes
