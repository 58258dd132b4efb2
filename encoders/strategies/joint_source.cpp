#include "encoders/strategies/joint_source.h"

#include <map>
#include <utility>

namespace lidit {

JointSource::JointSource(std::vector<std::shared_ptr<const FeatureSource>> sources)
    : sources_(std::move(sources)) {}

FrozenFeatures JointSource::encode(std::span<const Prompt> prompts) const {
  FrozenFeatures joint;
  std::map<const FeatureSource*, FrozenFeatures> answers;
  for (const auto& source : sources_) {
    const auto [answer, is_new] = answers.try_emplace(source.get());
    if (is_new) answer->second = source->encode(prompts);
    joint.insert(joint.end(), answer->second.begin(), answer->second.end());
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
