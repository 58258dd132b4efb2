// The ceiling of every encoder: one exact token per object instead of words.
#pragma once
#include <map>

#include "encoders/feature_source.h"
#include "harness/data/world_data.h"

namespace lidit {

/// Knows the scene behind every prompt of `data`. Prompts that stand for several scenes (jitter
/// aside, the world has none) get the first.
class SceneTokenSource final : public FeatureSource {
 public:
  explicit SceneTokenSource(const WorldData& data);
  /// Throws UserError on a prompt that is not in the data.
  FrozenFeatures encode(std::span<const Prompt> prompts) const override;
  std::vector<std::int64_t> widths() const override { return {width_}; }

 private:
  std::map<std::string, std::vector<float>> tokens_;  // by caption: (objects, width)
  std::int64_t width_;
};

}  // namespace lidit
