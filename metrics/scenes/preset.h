// How large a world is: its grid, its concepts, its captions. A preset is one row of a table.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "metrics/scenes/scene.h"

namespace lidit::scenes {

/// The kinds of prompt of T2I-CompBench. `complex` states everything, with a place per object.
enum class Category { colour, shape, texture, spatial, numeracy, complex };
inline constexpr std::array<Category, 6> kAllCategories = {Category::colour,   Category::shape,
                                                           Category::texture,  Category::spatial,
                                                           Category::numeracy, Category::complex};
std::string_view name(Category category);

/// Families of sentence structures (structures.h).
enum class Family {
  prenominal,
  fronted,
  postnominal,
  split,
  back_reference,
  respectively,
  look_ahead,
  dense,
  plain,
  relation
};
std::string_view name(Family family);

struct Preset {
  std::string_view name, summary;
  int rows, columns;
  int place_pixels;  // side of a place
  int patch;         // side of the backbone's patch; a divisor of place_pixels
  int jitter;        // objects move by -jitter..jitter pixels in their place
  /// The names of the concepts, by Attribute; an attribute with one concept is never spoken of.
  std::array<std::vector<std::string_view>, kAttributes> concepts;
  std::vector<std::vector<int>> extents;  // by size: the sides that an object of it can have
  int max_objects;                        // in training captions: 1..max_objects
  int max_count;                          // objects of a numeracy caption
  int position_objects;                   // objects of every caption of the position sets
  int training_groups;                    // 1..4: how many groups of structures are trained on
  std::int64_t captions;                  // size of the training pool
  double simple_share;                    // training captions of other categories than complex
  std::vector<Family> trained_families, unseen_families;  // of complex captions
  std::vector<Category> categories;

  int places() const { return rows * columns; }
  int width() const { return columns * place_pixels; }
  int height() const { return rows * place_pixels; }
  int concept_count(Attribute attribute) const {
    return static_cast<int>(concepts[number(attribute)].size());
  }
  /// The places' rows and columns.
  int row(int place) const { return place / columns; }
  int column(int place) const { return place % columns; }
  /// Whether this shape and colour are kept from training, for the split "combinations".
  bool is_held_out_pair(const Object& object) const {
    return object[Attribute::shape] == object[Attribute::colour];
  }
};

/// All presets, smallest first: tiny (tests), quick, quick-four, desk.
std::span<const Preset> presets();
/// Throws SpecError that names the choices.
const Preset& preset(std::string_view name);

}  // namespace lidit::scenes
