#include "metrics/scenes/split.h"

#include <fmt/format.h>

#include <utility>

namespace lidit::scenes {
namespace {

void add_held_out(const Preset& preset, const Split& seen, std::vector<Split>& splits) {
  for (const Family family : preset.unseen_families) {
    Split split = seen;
    split.name = name(family);
    split.summary = fmt::format("the {} family of structures, never trained", split.name);
    split.families = {family};
    split.structures.reset();
    split.least_objects = std::min(2, preset.max_objects);
    splits.push_back(split);
  }
  for (const Attribute attribute : kAllAttributes) {
    if (preset.concept_count(attribute) < 2) continue;
    Split split = seen;
    split.name = fmt::format("words-{}", name(attribute));
    split.summary = fmt::format("every {} in a wording never trained", name(attribute));
    split.held_out_words = attribute;
    splits.push_back(split);
  }
  Split split = seen;
  split.name = "combinations";
  split.summary = "pairs of shape and colour never trained together";
  split.held_out_pairs = true;
  splits.push_back(split);

  if (preset.max_objects == preset.places()) return;  // no place for one more
  split = seen;
  split.name = "counts";
  split.summary = "one object more than in training";
  split.least_objects = split.most_objects = preset.max_objects + 1;
  splits.push_back(split);
}

void add_categories(const Preset& preset, const Split& seen, std::vector<Split>& splits) {
  for (const Category category : preset.categories) {
    Split split = seen;
    split.name = fmt::format("category-{}", name(category));
    split.summary =
        fmt::format("{} prompts after T2I-CompBench, structures of training", name(category));
    split.category = category;
    split.least_objects = std::min(2, preset.max_objects);
    splits.push_back(split);
  }
}

}  // namespace

std::vector<Split> make_splits(const Preset& preset) {
  Split seen{.name = "seen",
             .summary = "new scenes in structures and wordings of training",
             .families = preset.trained_families,
             .most_objects = preset.max_objects};
  Split train = seen;
  train.name = "train";
  train.summary = "the training pool";
  train.scenes = Part::train;
  train.mixed = true;
  std::vector<Split> splits = {train};

  Split structures = seen;
  structures.name = "structures";
  structures.summary = "structures never trained, of families that were";
  structures.structures = Part::test;
  for (Split split : {seen, structures}) {
    split.name = "dev-" + split.name;
    split.summary += ", for choosing recipes";
    split.scenes = Part::dev;
    if (split.structures == Part::test) split.structures = Part::dev;
    splits.push_back(split);
  }
  splits.push_back(seen);
  splits.push_back(structures);
  add_held_out(preset, seen, splits);
  for (Split split : {seen, structures}) {
    split.summary = fmt::format("{} objects rotated through every position: {}",
                                preset.position_objects, split.summary);
    split.name = "position-" + split.name;
    split.least_objects = split.most_objects = preset.position_objects;
    split.rotated = true;
    splits.push_back(split);
  }
  add_categories(preset, seen, splits);
  return splits;
}

}  // namespace lidit::scenes
