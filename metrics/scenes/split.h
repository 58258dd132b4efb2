// Which captions belong together: the training pool, and what the tests hold out.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "metrics/scenes/preset.h"
#include "metrics/scenes/structures.h"

namespace lidit::scenes {

/// Scenes are parted into train, dev and test by what is claimed of them, whatever the wording, so
/// that no caption of one part can occur in another.
struct Split {
  std::string name, summary;
  Part scenes = Part::test;
  std::optional<Part> structures = Part::train;  // nullopt: every group of the families
  std::vector<Family> families;                  // of complex captions
  Category category = Category::complex;
  bool mixed = false;                            // the training mixture of categories
  std::optional<Attribute> held_out_words = {};  // this attribute is said in held-out wordings only
  bool held_out_pairs = false;                   // only shapes and colours never trained together
  int least_objects = 1, most_objects = 1;
  /// Sets of as many captions as objects, the same objects rotated through all caption positions,
  /// with unique shapes and colours (a Latin square).
  bool rotated = false;
};

/// train, dev-*, and the test splits of a preset.
std::vector<Split> make_splits(const Preset& preset);

}  // namespace lidit::scenes
