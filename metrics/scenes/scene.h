// What a drawn picture consists of: objects in the places of a grid.
#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lidit::scenes {

/// What can be said of one object. Every attribute's value is an index into the preset's list of
/// concepts for it (preset.h); a place's index is also its cell: row * columns + column.
enum class Attribute { shape, colour, texture, size, place };
inline constexpr std::size_t kAttributes = 5;
inline constexpr std::array<Attribute, kAttributes> kAllAttributes = {
    Attribute::shape, Attribute::colour, Attribute::texture, Attribute::size, Attribute::place};
constexpr std::size_t number(Attribute attribute) { return static_cast<std::size_t>(attribute); }
/// "shape", "colour", ...
std::string_view name(Attribute attribute);

struct Object {
  std::array<int, kAttributes> values{};  // by Attribute
  int extent = 0;                         // side of the square that it fills, in pixels
  int dx = 0, dy = 0;                     // displacement from the middle of its place, in pixels

  int operator[](Attribute attribute) const { return values[number(attribute)]; }
  int& operator[](Attribute attribute) { return values[number(attribute)]; }
  bool operator==(const Object&) const = default;
};

/// Objects in different places; the order is the caption's.
struct Scene {
  std::vector<Object> objects;
  bool operator==(const Scene&) const = default;
};

struct Preset;
/// One line of JSON: [{"shape": "circle", "colour": "red", ..., "extent": 6, "dx": 0, "dy": 1}].
std::string to_json(const Preset& preset, const Scene& scene);

}  // namespace lidit::scenes
