#include "metrics/scenes/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "metrics/scenes/lexicon.h"
#include "metrics/scenes/sample.h"
#include "results/errors.h"
#include "results/names.h"
#include "results/philox.h"

namespace lidit::scenes {
namespace {

Preset resolve(const WorldSettings& settings) {
  Preset resolved = preset(settings.preset);
  resolved.captions = settings.captions.value_or(resolved.captions);
  resolved.simple_share = settings.simple_share.value_or(resolved.simple_share);
  if (resolved.captions < 1)
    throw SpecError(
        fmt::format("a world needs at least 1 training caption, not {}", resolved.captions));
  if (!(resolved.simple_share >= 0 && resolved.simple_share <= 1))
    throw SpecError(fmt::format("the share of simple captions is between 0 and 1, not {}",
                                resolved.simple_share));
  if (settings.fold < 0 || settings.fold >= kGroups)
    throw SpecError(fmt::format("the world has folds 0 to {}, not {}", kGroups - 1, settings.fold));
  return resolved;
}

template <class T>
void rotate_right(std::vector<T>& items, int by) {
  std::rotate(items.rbegin(), items.rbegin() + by, items.rend());
}

/// Keeps the scene, the structure and the choice of wordings.
void speak_nonsense(Draft& draft) {
  for (WordChoice& words : draft.words)
    for (std::string_view& word : words)
      if (!word.empty()) word = nonsense(word);
}

/// The draft as a text; the numbers are those of `numbered`.
Example written(Draft draft, Example numbered) {
  numbered.scene = std::move(draft.scene);
  numbered.caption =
      write_caption(*draft.structure, std::move(draft.claims), draft.words, draft.relation_word);
  numbered.caption.category = draft.category;
  numbered.caption.relations = std::move(draft.relations);
  return numbered;
}

}  // namespace

World::World(const WorldSettings& settings)
    : settings_(settings),
      preset_(resolve(settings)),
      splits_(make_splits(preset_)),
      reader_(preset_) {}

const Split& World::split(std::string_view name) const {
  return find_named("split", name, splits_);
}

Example World::numbered(const Split& split, std::int64_t index) const {
  const bool training = split.name == "train";
  if (index < 0 || (training && index >= captions()))
    throw SpecError(fmt::format("the split '{}' has no example {}{}", split.name, index,
                                training ? fmt::format(" of {}", captions()) : ""));
  const std::int64_t rotations = split.rotated ? split.most_objects : 1;
  Example example;
  example.index = index;
  example.set = index / rotations;
  example.rotation = static_cast<int>(index % rotations);
  return example;
}

Draft World::draft(const Split& split, const Example& numbered) const {
  const auto stream = fmt::format("drawn world {}/{}/{}", kWorldVersion, preset_.name, split.name);
  Philox draws(settings_.seed, stream, static_cast<std::uint64_t>(numbered.set));
  Draft draft = sample(preset_, split, {settings_.seed, settings_.fold}, draws);
  if (settings_.nonsense_words) speak_nonsense(draft);
  rotate_right(draft.claims, numbered.rotation);
  rotate_right(draft.words, numbered.rotation);
  rotate_right(draft.scene.objects, numbered.rotation);  // one object a claim in rotated splits
  return draft;
}

Example World::example(std::string_view split_name, std::int64_t index) const {
  const Split& wanted = split(split_name);
  const Example example = numbered(wanted, index);
  return written(draft(wanted, example), example);
}

std::optional<Example> World::example_without(std::string_view split_name, std::int64_t index,
                                              int position) const {
  const Split& wanted = split(split_name);
  if (!wanted.rotated)
    throw SpecError(fmt::format("objects are left out of the splits position-* alone, not of '{}'",
                                wanted.name));
  const Example example = numbered(wanted, index);
  Draft rest = draft(wanted, example);
  const int left = static_cast<int>(rest.claims.size()) - 1;
  if (position < 0 || position > left)
    throw std::logic_error(fmt::format("no object {} of {}", position, left + 1));
  if (left < rest.structure->least_objects) return std::nullopt;
  rest.claims.erase(rest.claims.begin() + position);
  rest.words.erase(rest.words.begin() + position);
  rest.scene.objects.erase(rest.scene.objects.begin() + position);
  return written(std::move(rest), example);
}

std::string World::describe() const {
  return fmt::format("drawn world {}, preset {}, seed {}, captions {}, simple share {}, fold {}{}",
                     kWorldVersion, preset_.name, settings_.seed, captions(), preset_.simple_share,
                     settings_.fold, settings_.nonsense_words ? ", nonsense words" : "");
}

std::string World::describe_tests() const {
  return fmt::format("drawn world {}, preset {}, seed {}, fold {}{}", kWorldVersion, preset_.name,
                     settings_.seed, settings_.fold,
                     settings_.nonsense_words ? ", nonsense words" : "");
}

std::int64_t World::scene_token_width() const {
  std::int64_t width = 0;
  for (const auto& names : preset_.concepts) width += static_cast<std::int64_t>(names.size());
  return width;
}

std::vector<float> World::scene_tokens(const Scene& scene) const {
  std::vector<float> features;
  for (const Object& object : scene.objects)
    for (const Attribute attribute : kAllAttributes)
      for (int value = 0; value < preset_.concept_count(attribute); ++value)
        features.push_back(object[attribute] == value ? 1.0f : 0.0f);
  return features;
}

}  // namespace lidit::scenes
