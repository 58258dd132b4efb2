#include "encoders/strategies/joint_source.h"

#include <iterator>
#include <utility>

namespace lidit {

JointSource::JointSource(std::vector<std::shared_ptr<const FeatureSource>> sources)
    : sources_(std::move(sources)) {}

FrozenFeatures JointSource::encode(std::span<const Prompt> prompts) const {
  FrozenFeatures joint;
  for (const auto& source : sources_) {
    FrozenFeatures features = source->encode(prompts);
    std::move(features.begin(), features.end(), std::back_inserter(joint));
  }
  return joint;
}

std::vector<std::int64_t> JointSource::widths() const {
  std::vector<std::int64_t> joint;
  for (const auto& source : sources_) {
    const std::vector<std::int64_t> own = source->widths();
    joint.insert(joint.end(), own.begin(), own.end());
  }
  return joint;
}

}  // namespace lidit
