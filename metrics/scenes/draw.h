// From a scene to pixels. Crisp, without anti-aliasing: what the reader must tell apart differs in
// whole pixels, and colours are corners of the RGB cube around a mid grey background.
#pragma once
#include <array>
#include <string_view>
#include <vector>

#include "metrics/scenes/preset.h"
#include "metrics/scenes/scene.h"

namespace lidit::scenes {

/// RGB in [-1, 1], channels first: pixels[(channel * height + y) * width + x].
struct Image {
  int width = 0, height = 0;
  std::vector<float> pixels;

  float at(int channel, int y, int x) const { return pixels[index(channel, y, x)]; }
  float& at(int channel, int y, int x) { return pixels[index(channel, y, x)]; }
  bool operator==(const Image&) const = default;

 private:
  std::size_t index(int channel, int y, int x) const {
    return static_cast<std::size_t>((channel * height + y) * width + x);
  }
};

/// What a pixel of an object shows; the dark tone (black) makes textures.
enum class Tone : unsigned char { background, colour, dark };
using Colour = std::array<float, 3>;
inline constexpr Colour kBackground = {0, 0, 0};
inline constexpr Colour kDark = {-1, -1, -1};

/// RGB of a colour concept; throws std::logic_error on one that cannot be drawn.
Colour colour_of(std::string_view concept_name);
/// extent x extent tones, row by row, of a shape concept with a texture concept.
std::vector<Tone> glyph(std::string_view shape, std::string_view texture, int extent);
/// Left or top edge of an object's square inside its place.
int margin(const Preset& preset, int extent, int displacement);

/// The picture of a scene; throws std::logic_error when an object does not fit its place.
Image draw(const Preset& preset, const Scene& scene);

}  // namespace lidit::scenes
