#include "encoders/strategies/joint_source.h"

#include <gtest/gtest.h>

#include "random_features.h"

namespace lidit {
namespace {

class FixedSource : public FeatureSource {
 public:
  explicit FixedSource(RandomFeatures features) : features_(std::move(features)) {}
  FrozenFeatures encode(std::span<const Prompt>) const override {
    ++times_asked;
    return {features_.make()};
  }
  std::vector<std::int64_t> widths() const override { return {features_.width}; }

  mutable int times_asked = 0;

 private:
  RandomFeatures features_;
};

TEST(JointSource, HandsOverTheFeaturesOfEverySourceInOrder) {
  const RandomFeatures a{.stream = "a"}, b{.stream = "b", .width = 7};
  const JointSource joint({std::make_shared<FixedSource>(a), std::make_shared<FixedSource>(b)});
  const std::vector<Prompt> prompts = {{"one"}, {"two"}};
  const FrozenFeatures features = joint.encode(prompts);
  ASSERT_EQ(features.size(), 2u);
  EXPECT_EQ(joint.widths(), (std::vector<std::int64_t>{12, 7}));
  EXPECT_TRUE(at::equal(features[0].layers, a.make().layers));
  EXPECT_TRUE(at::equal(features[1].layers, b.make().layers));
}

TEST(JointSource, AsksASourceOnceThatComesTwice) {
  const auto source = std::make_shared<FixedSource>(RandomFeatures{});
  const JointSource joint({source, source});
  const std::vector<Prompt> prompts = {{"one"}, {"two"}};
  const FrozenFeatures features = joint.encode(prompts);
  EXPECT_EQ(source->times_asked, 1);
  ASSERT_EQ(features.size(), 2u);
  EXPECT_TRUE(features[0].layers.is_same(features[1].layers));
  EXPECT_EQ(joint.widths(), (std::vector<std::int64_t>{12, 12}));
}

}  // namespace
}  // namespace lidit
