#include "metrics/scenes/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace lidit::scenes {
namespace {

struct ColourEntry {
  std::string_view name;
  Colour rgb;
};
// Corners of the cube: any two differ by at least 2 in a channel, each is sqrt(3) from grey.
constexpr std::array<ColourEntry, 6> kColours = {{{"red", {1, -1, -1}},
                                                  {"green", {-1, 1, -1}},
                                                  {"blue", {-1, -1, 1}},
                                                  {"yellow", {1, 1, -1}},
                                                  {"white", {1, 1, 1}},
                                                  {"purple", {1, -1, 1}}}};

// u and v are the coordinates of a pixel's centre in -1..1, v downwards.
struct ShapeEntry {
  std::string_view name;
  bool (*contains)(double u, double v);
};
constexpr double square_of(double x) { return x * x; }
constexpr std::array<ShapeEntry, 7> kShapes = {{
    {"square", [](double, double) { return true; }},
    {"circle", [](double u, double v) { return u * u + v * v <= 0.85; }},
    {"triangle", [](double u, double v) { return std::abs(u) <= (v + 1) / 2 + 0.1; }},
    {"ring", [](double u, double v) { return u * u + v * v <= 1 && u * u + v * v >= 0.45; }},
    {"cross", [](double u, double v) { return std::abs(std::abs(u) - std::abs(v)) <= 0.34; }},
    {"crescent",
     [](double u, double v) { return u * u + v * v <= 1 && square_of(u - 0.55) + v * v >= 0.62; }},
    {"bar", [](double, double v) { return std::abs(v) <= 0.5; }},
}};

bool is_dark(std::string_view texture, int y, int x) {
  if (texture == "solid") return false;
  if (texture == "striped") return y / 2 % 2 == 1;
  if (texture == "dotted") return x % 3 < 2 && y % 3 < 2;
  throw std::logic_error(fmt::format("no way to draw the texture '{}'", texture));
}

template <class Table>
const auto& find(const Table& table, std::string_view name, std::string_view kind) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const auto& entry) { return entry.name == name; });
  if (found == table.end())
    throw std::logic_error(fmt::format("no way to draw the {} '{}'", kind, name));
  return *found;
}

void paint(Image& image, const Preset& preset, const Object& object) {
  const auto concept_name = [&](Attribute attribute) {
    return preset.concepts[number(attribute)].at(static_cast<std::size_t>(object[attribute]));
  };
  const int top = margin(preset, object.extent, object.dy);
  const int left = margin(preset, object.extent, object.dx);
  const int room = preset.place_pixels - object.extent;
  if (object.extent <= 0 || top < 0 || left < 0 || top > room || left > room)
    throw std::logic_error(fmt::format("an object of {} pixels at ({}, {}) leaves its place",
                                       object.extent, left, top));
  const int place = object[Attribute::place];
  const int y0 = preset.row(place) * preset.place_pixels + top;
  const int x0 = preset.column(place) * preset.place_pixels + left;
  const auto tones =
      glyph(concept_name(Attribute::shape), concept_name(Attribute::texture), object.extent);
  const Colour colour = colour_of(concept_name(Attribute::colour));
  for (int y = 0; y < object.extent; ++y)
    for (int x = 0; x < object.extent; ++x) {
      const Tone tone = tones[static_cast<std::size_t>(y * object.extent + x)];
      if (tone == Tone::background) continue;
      for (int channel = 0; channel < 3; ++channel)
        image.at(channel, y0 + y, x0 + x) =
            (tone == Tone::dark ? kDark : colour)[static_cast<std::size_t>(channel)];
    }
}

}  // namespace

Colour colour_of(std::string_view concept_name) {
  return find(kColours, concept_name, "colour").rgb;
}

std::vector<Tone> glyph(std::string_view shape, std::string_view texture, int extent) {
  const ShapeEntry& entry = find(kShapes, shape, "shape");
  std::vector<Tone> tones;
  for (int y = 0; y < extent; ++y)
    for (int x = 0; x < extent; ++x) {
      const double u = (2.0 * x + 1) / extent - 1, v = (2.0 * y + 1) / extent - 1;
      const Tone tone = is_dark(texture, y, x) ? Tone::dark : Tone::colour;
      tones.push_back(entry.contains(u, v) ? tone : Tone::background);
    }
  return tones;
}

int margin(const Preset& preset, int extent, int displacement) {
  return (preset.place_pixels - extent) / 2 + displacement;
}

Image draw(const Preset& preset, const Scene& scene) {
  Image image{preset.width(), preset.height(), {}};
  image.pixels.assign(static_cast<std::size_t>(3 * image.width * image.height), 0.0f);
  static_assert(kBackground == Colour{0, 0, 0});
  for (const Object& object : scene.objects) paint(image, preset, object);
  return image;
}

}  // namespace lidit::scenes
