// The verifier: which object stands in each place of an image, and how sure that is.
#pragma once
#include <vector>

#include "metrics/scenes/draw.h"
#include "metrics/scenes/preset.h"
#include "metrics/scenes/scene.h"

namespace lidit::scenes {

/// What one place holds.
struct Found {
  bool present = false;
  Object object;        // meaningful when present
  double distance = 0;  // root mean square difference from the nearest template, per channel
  /// How sure: (d2 - d1) / (d2 + d1) with the distances of the nearest template and of the nearest
  /// one that means something else. 1 on a drawn image, 0 on a tie.
  double margin = 0;
};

/// By place.
struct Reading {
  std::vector<Found> places;

  /// What is present.
  std::vector<Object> objects() const;
};

/// What the reader finds in the picture of a scene, without drawing it.
Reading reading_of(const Preset& preset, const Scene& scene);

/// Nearest template over shapes x colours x textures x sizes x jitter, and the empty place.
class Reader {
 public:
  explicit Reader(const Preset& preset);
  /// Values are clamped to [-1, 1] first. Throws std::domain_error when one is not a number, and
  /// std::logic_error when the image is not of the preset's size.
  Reading read(const Image& image) const;

 private:
  struct Stencil {                    // one shape, texture, extent and displacement
    Object object;                    // its colour and place are not set
    std::vector<int> coloured, dark;  // pixels, row by row inside a place
  };
  Found read_place(const Image& image, int place) const;

  Preset preset_;
  std::vector<Stencil> stencils_;
  std::vector<Colour> colours_;
};

}  // namespace lidit::scenes
