#include "metrics/scenes/preset.h"

#include <fmt/format.h>

#include <string>

#include "results/names.h"

namespace lidit::scenes {
namespace {

const std::vector<Family> kBasic = {Family::prenominal, Family::fronted, Family::postnominal,
                                    Family::split, Family::back_reference};

Preset make_tiny() {
  const std::vector<std::string_view> corners = {"top left", "top right", "bottom left",
                                                 "bottom right"};
  return {.name = "tiny",
          .summary = "for tests: 2x2 places of one patch, 3 shapes, 4 colours, 1-2 objects",
          .rows = 2,
          .columns = 2,
          .place_pixels = 4,
          .patch = 4,
          .jitter = 0,
          .concepts = {{{"square", "triangle", "cross"},
                        {"red", "green", "blue", "yellow"},
                        {"solid"},
                        {"medium"},
                        corners}},
          .extents = {{4}},
          .max_objects = 2,
          .max_count = 3,
          .position_objects = 2,
          .training_groups = 1,
          .captions = 128,
          .simple_share = 0,
          .trained_families = kBasic,
          .unseen_families = {Family::respectively, Family::look_ahead},
          .categories = {Category::shape, Category::numeracy, Category::complex}};
}

Preset make_quick() {
  Preset quick = make_tiny();
  quick.name = "quick";
  quick.summary = "2x2 places of 2x2 patches, 4 shapes, 6 colours, 1-3 objects";
  quick.place_pixels = 8;
  quick.concepts[number(Attribute::shape)] = {"circle", "square", "triangle", "ring"};
  quick.concepts[number(Attribute::colour)] = {"red", "green", "blue", "yellow", "white", "purple"};
  quick.extents = {{6}};
  quick.max_objects = 3;
  quick.position_objects = 3;
  quick.training_groups = 2;
  quick.captions = 2048;
  quick.simple_share = 0.2;
  quick.categories = {Category::colour, Category::shape, Category::spatial, Category::numeracy,
                      Category::complex};
  return quick;
}

Preset make_four() {
  Preset four = make_quick();
  four.name = "quick-four";
  four.summary = "quick with 1-4 objects, and four in the position sets";
  four.max_objects = four.position_objects = four.max_count = 4;
  four.captions = 4096;
  return four;
}

Preset make_desk() {
  Preset desk = make_quick();
  desk.name = "desk";
  desk.summary =
      "3x3 places, 6 shapes, 6 colours, 3 textures, 2 sizes, relations, dense paragraphs, 1-4 "
      "objects";
  desk.rows = desk.columns = 3;
  desk.place_pixels = 12;
  desk.patch = 6;
  desk.jitter = 1;
  desk.concepts[number(Attribute::shape)] = {"circle", "square",   "triangle",
                                             "ring",   "crescent", "bar"};
  desk.concepts[number(Attribute::texture)] = {"solid", "striped", "dotted"};
  desk.concepts[number(Attribute::size)] = {"small", "large"};
  desk.concepts[number(Attribute::place)] = {"top left",    "top",    "top right",
                                             "left",        "center", "right",
                                             "bottom left", "bottom", "bottom right"};
  desk.extents = {{6, 7}, {9, 10}};
  desk.max_objects = 4;
  desk.max_count = 8;
  desk.position_objects = 4;
  desk.training_groups = 4;
  desk.captions = 6144;
  desk.trained_families.push_back(Family::dense);
  desk.categories.assign(kAllCategories.begin(), kAllCategories.end());
  return desk;
}

}  // namespace

std::string_view name(Attribute attribute) {
  constexpr std::array<std::string_view, kAttributes> names = {"shape", "colour", "texture", "size",
                                                               "place"};
  return names.at(number(attribute));
}

std::string_view name(Category category) {
  constexpr std::array<std::string_view, 6> names = {"colour",  "shape",    "texture",
                                                     "spatial", "numeracy", "complex"};
  return names.at(static_cast<std::size_t>(category));
}

std::string_view name(Family family) {
  constexpr std::array<std::string_view, 10> names = {
      "prenominal",   "fronted",    "postnominal", "split", "back-reference",
      "respectively", "look-ahead", "dense",       "plain", "relation"};
  return names.at(static_cast<std::size_t>(family));
}

std::span<const Preset> presets() {
  static const std::vector<Preset> table = {make_tiny(), make_quick(), make_four(), make_desk()};
  return table;
}

const Preset& preset(std::string_view wanted) {
  return find_named("world preset", wanted, presets());
}

std::string to_json(const Preset& preset, const Scene& scene) {
  std::string text = "[";
  for (const Object& object : scene.objects) {
    text += text.size() > 1 ? ", {" : "{";
    for (const Attribute attribute : kAllAttributes) {
      const auto value = static_cast<std::size_t>(object[attribute]);
      text += fmt::format("\"{}\": \"{}\", ", name(attribute),
                          preset.concepts[number(attribute)].at(value));
    }
    text += fmt::format("\"extent\": {}, \"dx\": {}, \"dy\": {}}}", object.extent, object.dx,
                        object.dy);
  }
  return text + "]";
}

}  // namespace lidit::scenes
