// Several encoders as one source of features.
#pragma once
#include <memory>
#include <vector>

#include "encoders/feature_source.h"

namespace lidit {

/// Every prompt through every source; results and widths in the order of the sources. A source that
/// comes twice is asked once.
class JointSource : public FeatureSource {
 public:
  explicit JointSource(std::vector<std::shared_ptr<const FeatureSource>> sources);
  FrozenFeatures encode(std::span<const Prompt> prompts) const override;
  std::vector<std::int64_t> widths() const override;

 private:
  std::vector<std::shared_ptr<const FeatureSource>> sources_;
};

}  // namespace lidit
