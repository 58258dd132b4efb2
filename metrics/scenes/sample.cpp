#include "metrics/scenes/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "metrics/scenes/lexicon.h"

namespace lidit::scenes {
namespace {

// The outline (category, structure, number of objects) is kept while scenes are refused, so that
// what the parts refuse does not skew it; very few outlines have no scene in a part.
constexpr int kOutlines = 100, kAttempts = 2000;
constexpr int kPartShares = 8;  // one eighth of the scenes each for test and dev, the rest to train

/// lowest..highest, both included.
int between(Philox& draws, int lowest, int highest) {
  return lowest + static_cast<int>(draws.below(static_cast<std::uint64_t>(highest - lowest + 1)));
}

bool coin(Philox& draws, double probability) { return draws.uniform() < probability; }

template <class T>
const T& pick(Philox& draws, std::span<const T> choices) {
  if (choices.empty()) throw std::logic_error("nothing to choose from");
  return choices[draws.below(choices.size())];
}

Category choose_category(const Preset& preset, const Split& split, Philox& draws) {
  if (!split.mixed || !coin(draws, preset.simple_share)) return split.category;
  std::vector<Category> simple;
  for (const Category category : preset.categories)
    if (category != Category::complex) simple.push_back(category);
  return pick(draws, std::span<const Category>(simple));
}

std::vector<Family> families_of(const Split& split, Category category) {
  switch (category) {
    case Category::complex:
      return split.families;
    case Category::shape:
      return {Family::prenominal, Family::fronted};
    case Category::spatial:
      return {Family::relation};
    default:
      return {Family::plain};
  }
}

const Structure& choose_structure(const Preset& preset, const Split& split, Category category,
                                  int fold, Philox& draws) {
  const auto families = families_of(split, category);
  std::vector<const Structure*> eligible;
  for (const Structure& structure : structures()) {
    const bool wanted =
        std::find(families.begin(), families.end(), structure.family) != families.end();
    const bool enough = split.most_objects >= structure.least_objects;
    if (wanted && enough &&
        (!split.structures ||
         belongs(structure.group, *split.structures, fold, preset.training_groups)))
      eligible.push_back(&structure);
  }
  return *pick(draws, std::span<const Structure* const>(eligible));
}

/// How many objects each claim is about.
std::vector<int> choose_counts(const Preset& preset, const Split& split, const Draft& draft,
                               Philox& draws) {
  const int least = std::max(split.least_objects, draft.structure->least_objects);
  switch (draft.category) {
    case Category::spatial:
      return {1, 1};
    case Category::numeracy: {
      const int total = between(draws, 2, preset.max_count);
      const int first = between(draws, 1, total);
      return first == total ? std::vector{total} : std::vector{first, total - first};
    }
    case Category::complex:
      return std::vector(static_cast<std::size_t>(between(draws, least, split.most_objects)), 1);
    default: {  // as in the original: two objects, sometimes three
      const int most = std::min(3, preset.max_objects);
      return std::vector(static_cast<std::size_t>(between(draws, 2, most)), 1);
    }
  }
}

bool is_stated(const Preset& preset, Category category, Attribute attribute, Philox& draws) {
  if (preset.concept_count(attribute) < 2) return false;
  switch (category) {
    case Category::colour:
    case Category::numeracy:
    case Category::spatial:  // shapes alone make too few captions to part
      return attribute == Attribute::shape || attribute == Attribute::colour;
    case Category::shape:
      return attribute == Attribute::shape || attribute == Attribute::place;
    case Category::texture:
      return attribute == Attribute::shape || attribute == Attribute::texture;
    case Category::complex:
      break;
  }
  const bool optional = attribute == Attribute::texture || attribute == Attribute::size;
  return !optional || coin(draws, 0.5);
}

/// Whether no two claims may share this attribute's value: because the sentence refers by it, the
/// set is compared by position, or, without places, because claims must be told apart.
bool must_differ(const Split& split, const Draft& draft, Attribute attribute) {
  const bool shape = attribute == Attribute::shape, colour = attribute == Attribute::colour;
  const bool placed = draft.category == Category::complex || draft.category == Category::shape;
  const bool look_ahead = draft.structure->family == Family::look_ahead;
  return ((split.rotated || split.held_out_pairs || look_ahead) && (shape || colour)) ||
         (draft.structure->unique == Unique::shapes && shape) ||
         (draft.structure->unique == Unique::colours && colour) || (!placed && (shape || colour)) ||
         (draft.category == Category::texture && attribute == Attribute::texture);
}

/// The relation of the first two objects, if one axis dominates.
std::vector<Relation> relate(const Preset& preset, const Scene& scene) {
  const int subject = scene.objects.at(0)[Attribute::place];
  const int object = scene.objects.at(1)[Attribute::place];
  for (int kind = 0; kind < kRelations; ++kind)
    if (relation_holds(preset, kind, subject, object)) return {{0, 1, kind}};
  return {};
}

void draw_claims(const Preset& preset, const Split& split, std::span<const int> counts,
                 Draft& draft, Philox& draws) {
  std::vector<Object> models(counts.size());  // what the objects of one claim have in common
  for (const Attribute attribute : kAllAttributes) {
    const int choices = preset.concept_count(attribute);
    const bool differ = must_differ(split, draft, attribute);
    const auto order = draws.permutation(choices);
    for (std::size_t i = 0; i < models.size(); ++i)
      models[i][attribute] =
          differ ? static_cast<int>(order.at(i)) : between(draws, 0, choices - 1);
  }
  if (split.held_out_pairs)
    for (Object& model : models) model[Attribute::colour] = model[Attribute::shape];
  const auto places = draws.permutation(preset.places());
  std::size_t next_place = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    Claim claim;
    claim.count = counts[i];
    claim.counted = draft.category == Category::numeracy;
    for (const Attribute attribute : kAllAttributes)
      if (is_stated(preset, draft.category, attribute, draws))
        claim.wanted[number(attribute)] = models[i][attribute];
    for (int k = 0; k < counts[i]; ++k) {
      Object object = models[i];
      for (const Attribute attribute : kAllAttributes)
        if (!claim[attribute])
          object[attribute] = between(draws, 0, preset.concept_count(attribute) - 1);
      object[Attribute::place] = static_cast<int>(places.at(next_place++));
      if (claim[Attribute::place])
        claim.wanted[number(Attribute::place)] = object[Attribute::place];
      const auto& extents = preset.extents.at(static_cast<std::size_t>(object[Attribute::size]));
      object.extent = pick(draws, std::span<const int>(extents));
      object.dx = between(draws, -preset.jitter, preset.jitter);
      object.dy = between(draws, -preset.jitter, preset.jitter);
      draft.scene.objects.push_back(object);
    }
    draft.claims.push_back(claim);
  }
  if (draft.category == Category::spatial) draft.relations = relate(preset, draft.scene);
}

/// The part of what is claimed, whatever the order and the wording.
Part part_of(const Draft& draft, std::uint64_t seed) {
  std::vector<std::string> said;
  for (const Claim& claim : draft.claims) {
    std::string text = fmt::format("{}:", claim.count);
    for (const auto& value : claim.wanted) text += fmt::format("{},", value.value_or(-1));
    said.push_back(text);
  }
  if (draft.relations.empty()) std::sort(said.begin(), said.end());
  for (const Relation& relation : draft.relations)
    said.push_back(fmt::format("r{}", relation.kind));
  const std::uint64_t key = stream_id(fmt::format("{}", fmt::join(said, ";")));
  const auto share = Philox(seed, "part of a scene", key).below(kPartShares);
  return share == 0 ? Part::test : share == 1 ? Part::dev : Part::train;
}

/// Whether the scene belongs to the split. Pairs kept from training need no parting of their own.
bool fits(const Preset& preset, const Split& split, std::uint64_t seed, const Draft& draft) {
  if (draft.category == Category::spatial && draft.relations.empty()) return false;
  const auto& objects = draft.scene.objects;
  if (split.held_out_pairs)
    return std::all_of(objects.begin(), objects.end(),
                       [&](const Object& object) { return preset.is_held_out_pair(object); });
  return part_of(draft, seed) == split.scenes &&
         std::none_of(objects.begin(), objects.end(),
                      [&](const Object& object) { return preset.is_held_out_pair(object); });
}

void choose_words(const Preset& preset, const Split& split, Draft& draft, Philox& draws) {
  for (const Claim& claim : draft.claims) {
    WordChoice choice;
    for (const Attribute attribute : kAllAttributes) {
      if (!claim[attribute]) continue;
      const auto& entry = wordings(attribute, preset.concepts[number(attribute)].at(
                                                  static_cast<std::size_t>(*claim[attribute])));
      const bool held_out = split.held_out_words == attribute;
      choice[number(attribute)] = pick(
          draws, std::span<const std::string_view>(held_out ? entry.held_out : entry.training));
    }
    draft.words.push_back(choice);
  }
  if (!draft.relations.empty())
    draft.relation_word = pick(draws, relation_wordings(draft.relations.front().kind));
}

}  // namespace

Draft sample(const Preset& preset, const Split& split, const SampleSettings& settings,
             Philox& draws) {
  for (int outline = 0; outline < kOutlines; ++outline) {
    Draft plan;
    plan.category = choose_category(preset, split, draws);
    plan.structure = &choose_structure(preset, split, plan.category, settings.fold, draws);
    const auto counts = choose_counts(preset, split, plan, draws);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      Draft draft = plan;
      draw_claims(preset, split, counts, draft, draws);
      if (!fits(preset, split, settings.seed, draft)) continue;
      choose_words(preset, split, draft, draws);
      return draft;
    }
  }
  throw std::logic_error(
      fmt::format("no scene fits the split '{}' of the preset '{}'", split.name, preset.name));
}

}  // namespace lidit::scenes
