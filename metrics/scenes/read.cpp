#include "metrics/scenes/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>

namespace lidit::scenes {
namespace {

double dot(const Colour& a, const Colour& b) {
  return double{a[0]} * b[0] + double{a[1]} * b[1] + double{a[2]} * b[2];
}

/// The pixels of one place, [pixel] -> RGB.
std::vector<Colour> crop(const Preset& preset, const Image& image, int place) {
  std::vector<Colour> pixels;
  const int y0 = preset.row(place) * preset.place_pixels;
  const int x0 = preset.column(place) * preset.place_pixels;
  for (int y = 0; y < preset.place_pixels; ++y)
    for (int x = 0; x < preset.place_pixels; ++x) {
      Colour pixel;
      for (int channel = 0; channel < 3; ++channel) {
        const float value = image.at(channel, y0 + y, x0 + x);
        if (!std::isfinite(value))
          throw std::domain_error("the image has values that are no numbers");
        pixel[static_cast<std::size_t>(channel)] = std::clamp(value, -1.0f, 1.0f);
      }
      pixels.push_back(pixel);
    }
  return pixels;
}

Colour sum(const std::vector<Colour>& pixels, const std::vector<int>& chosen) {
  Colour total{};
  for (const int i : chosen)
    for (std::size_t channel = 0; channel < 3; ++channel)
      total[channel] += pixels[static_cast<std::size_t>(i)][channel];
  return total;
}

/// The nearest template and the nearest one with another meaning, while templates go by.
class Nearest {
 public:
  explicit Nearest(double empty_distance) { best_ = {false, {}, empty_distance}; }

  void offer(const Object& object, double squared_distance) {
    const Candidate candidate{true, object, squared_distance};
    if (squared_distance < best_.squared_distance) {
      if (!same_meaning(candidate, best_)) second_ = best_.squared_distance;
      best_ = candidate;
    } else if (!same_meaning(candidate, best_)) {
      second_ = std::min(second_, squared_distance);
    }
  }
  Found found(int pixels) const {
    const double nearest = std::sqrt(std::max(0.0, best_.squared_distance));
    const double other = std::sqrt(std::max(0.0, second_));
    return {best_.present, best_.object, nearest / std::sqrt(3.0 * pixels),
            (other - nearest) / (other + nearest)};
  }

 private:
  struct Candidate {
    bool present = false;
    Object object;
    double squared_distance = 0;
  };
  static bool same_meaning(const Candidate& a, const Candidate& b) {
    return a.present == b.present && (!a.present || a.object.values == b.object.values);
  }
  Candidate best_;
  double second_ = std::numeric_limits<double>::infinity();
};

}  // namespace

std::vector<Object> Reading::objects() const {
  std::vector<Object> present;
  for (const Found& found : places)
    if (found.present) present.push_back(found.object);
  return present;
}

Reading reading_of(const Preset& preset, const Scene& scene) {
  Reading reading;
  reading.places.resize(static_cast<std::size_t>(preset.places()), {false, {}, 0, 1});
  for (const Object& object : scene.objects)
    reading.places.at(static_cast<std::size_t>(object[Attribute::place])) = {true, object, 0, 1};
  return reading;
}

Reader::Reader(const Preset& preset) : preset_(preset) {
  for (const auto name : preset.concepts[number(Attribute::colour)])
    colours_.push_back(colour_of(name));
  Object object;
  const auto add = [&] {
    const auto concept_name = [&](Attribute attribute) {
      return preset.concepts[number(attribute)][static_cast<std::size_t>(object[attribute])];
    };
    Stencil stencil{object, {}, {}};
    const auto tones =
        glyph(concept_name(Attribute::shape), concept_name(Attribute::texture), object.extent);
    for (int i = 0; i < object.extent * object.extent; ++i) {
      const int y = i / object.extent + margin(preset, object.extent, object.dy);
      const int x = i % object.extent + margin(preset, object.extent, object.dx);
      const int pixel = y * preset.place_pixels + x;
      const Tone tone = tones[static_cast<std::size_t>(i)];
      if (tone == Tone::colour) stencil.coloured.push_back(pixel);
      if (tone == Tone::dark) stencil.dark.push_back(pixel);
    }
    stencils_.push_back(std::move(stencil));
  };
  auto& shape = object[Attribute::shape];
  auto& texture = object[Attribute::texture];
  auto& size = object[Attribute::size];
  for (shape = 0; shape < preset.concept_count(Attribute::shape); ++shape)
    for (texture = 0; texture < preset.concept_count(Attribute::texture); ++texture)
      for (size = 0; size < preset.concept_count(Attribute::size); ++size)
        for (const int extent : preset.extents[static_cast<std::size_t>(size)])
          for (int dy = -preset.jitter; dy <= preset.jitter; ++dy)
            for (int dx = -preset.jitter; dx <= preset.jitter; ++dx) {
              std::tie(object.extent, object.dy, object.dx) = std::tuple{extent, dy, dx};
              add();
            }
}

Reading Reader::read(const Image& image) const {
  if (image.width != preset_.width() || image.height != preset_.height() ||
      image.pixels.size() != static_cast<std::size_t>(3 * image.width * image.height))
    throw std::logic_error(fmt::format("an image of {}x{} in a world of {}x{}", image.width,
                                       image.height, preset_.width(), preset_.height()));
  Reading reading;
  for (int place = 0; place < preset_.places(); ++place)
    reading.places.push_back(read_place(image, place));
  return reading;
}

// |x - t|^2 = |x|^2 - 2 x.t + |t|^2, where x.t needs only the sums of x over the pixels of a tone.
Found Reader::read_place(const Image& image, int place) const {
  const auto pixels = crop(preset_, image, place);
  double square = 0;
  for (const Colour& pixel : pixels) square += dot(pixel, pixel);
  Nearest nearest(square);
  for (const Stencil& stencil : stencils_) {
    const Colour coloured = sum(pixels, stencil.coloured), dark = sum(pixels, stencil.dark);
    const double dark_part =
        static_cast<double>(stencil.dark.size()) * dot(kDark, kDark) - 2 * dot(dark, kDark);
    Object object = stencil.object;
    object[Attribute::place] = place;
    for (std::size_t i = 0; i < colours_.size(); ++i) {
      object[Attribute::colour] = static_cast<int>(i);
      const auto area = static_cast<double>(stencil.coloured.size());
      nearest.offer(object, square + dark_part + area * dot(colours_[i], colours_[i]) -
                                2 * dot(coloured, colours_[i]));
    }
  }
  return nearest.found(static_cast<int>(pixels.size()));
}

}  // namespace lidit::scenes
