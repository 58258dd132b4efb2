// How the objects, claims and words of one example are drawn at random.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/scenes/caption.h"
#include "metrics/scenes/preset.h"
#include "metrics/scenes/split.h"
#include "results/philox.h"

namespace lidit::scenes {

/// An example before its text: objects in claim order, `count` of them for each claim.
struct Draft {
  const Structure* structure = nullptr;
  Category category = Category::complex;
  Scene scene;
  std::vector<Claim> claims;
  std::vector<Relation> relations;
  std::vector<WordChoice> words;
  std::string_view relation_word;
};

struct SampleSettings {
  std::uint64_t seed = 0;
  int fold = 0;
};

/// Draws until the scene belongs to the split's part and the objects are as the split and the
/// structure want them. Throws std::logic_error after very many vain attempts.
Draft sample(const Preset& preset, const Split& split, const SampleSettings& settings,
             Philox& draws);

}  // namespace lidit::scenes
