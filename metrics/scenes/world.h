// The drawn world: scenes, captions and pictures as functions of (settings, split, index). No
// files.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/scenes/caption.h"
#include "metrics/scenes/draw.h"
#include "metrics/scenes/preset.h"
#include "metrics/scenes/read.h"
#include "metrics/scenes/split.h"

namespace lidit::scenes {

/// Bumped by hand when scenes, captions, pictures or readings of equal settings change.
inline constexpr int kWorldVersion = 1;

struct WorldSettings {
  std::string preset = "quick";
  std::uint64_t seed = 0;
  std::optional<std::int64_t> captions = {};  // size of the training pool; the preset's if not set
  std::optional<double> simple_share = {};    // of training captions; the preset's if not set
  int fold = 0;                               // 0..kGroups-1: which structures are held out
  /// A floor: a made-up word for every wording of the lexicon, in training and in tests.
  bool nonsense_words = false;
};

struct Example {
  Scene scene;
  Caption caption;
  /// In rotated splits, examples of one set show one scene; in rotation s, object i of rotation 0
  /// is mentioned at position (i + s) mod objects. Elsewhere the set is the index.
  std::int64_t set = 0;
  int rotation = 0;
  std::int64_t index = 0;  // in its split
};

struct Draft;  // sample.h

class World {
 public:
  /// Throws SpecError on an unknown preset or a setting out of range.
  explicit World(const WorldSettings& settings);

  const Preset& preset() const { return preset_; }
  const WorldSettings& settings() const { return settings_; }
  std::span<const Split> splits() const { return splits_; }
  /// Throws SpecError that names the choices.
  const Split& split(std::string_view name) const;
  /// Training captions in the pool: 0..captions()-1 are the indices of "train".
  std::int64_t captions() const { return preset_.captions; }

  /// Equal settings give equal examples. Throws SpecError on an index below 0 or, in "train",
  /// beyond the pool; the other splits have no end.
  Example example(std::string_view split, std::int64_t index) const;
  /// An example of a rotated split with the object that its caption mentions at `position` (from 0)
  /// left out of scene and caption: the same sentence, words and order otherwise. Nothing where
  /// the structure needs all objects. SpecError for a split that is not rotated.
  std::optional<Example> example_without(std::string_view split, std::int64_t index,
                                         int position) const;
  Image draw(const Scene& scene) const { return scenes::draw(preset_, scene); }
  Reading read(const Image& image) const { return reader_.read(image); }

  /// All that the world's data depend on, for the fingerprints of records:
  /// "drawn world 1, preset quick, seed 0, captions 2048, simple share 0.2, fold 0".
  std::string describe() const;
  /// What the tests alone depend on: scores of two systems may be compared where this is equal.
  std::string describe_tests() const;

  /// Features of a token per object that say exactly what is drawn (but for jitter), in the
  /// scene's order: (objects, scene_token_width()), one-hot per attribute.
  std::vector<float> scene_tokens(const Scene& scene) const;
  std::int64_t scene_token_width() const;

 private:
  /// Sets index, set and rotation; throws as example() does.
  Example numbered(const Split& split, std::int64_t index) const;
  Draft draft(const Split& split, const Example& numbered) const;

  WorldSettings settings_;
  Preset preset_;
  std::vector<Split> splits_;
  Reader reader_;
};

}  // namespace lidit::scenes
