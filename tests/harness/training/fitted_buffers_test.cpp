// What a conditioner was fitted to goes with its weights.
#include <gtest/gtest.h>

#include "encoders/strategies/composed_conditioner.h"
#include "harness/training/checkpoint.h"
#include "tests/encoders/strategies/random_features.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

constexpr LiDiTOptions kSize{
    .image_size = 8, .channels = 3, .patch = 4, .width = 8, .depth = 1, .heads = 2};

std::shared_ptr<ComposedConditioner> conditioner() {
  StrategySettings settings{.encoders = std::vector<EncoderPart>(1), .refiner = {}, .fusion = {}};
  settings.encoders[0].feature_norm = FeatureNorm::standardized;
  return std::make_shared<ComposedConditioner>(settings, std::vector<std::int64_t>{12},
                                               BuildContext{.width = kSize.width,
                                                            .depth = kSize.depth,
                                                            .heads = kSize.heads,
                                                            .seed = 1,
                                                            .device = at::kCPU,
                                                            .dtype = at::kFloat,
                                                            .home = {}});
}

Tensor normalized(const Conditioner& module, const EncoderFeatures& features) {
  const auto& composed = dynamic_cast<const ComposedConditioner&>(module);
  return composed.encoders->ptr(0)->as<TextBranch>()->normalize(features).tokens;
}

TEST(FittedBuffers, ComeBackWithTheAveragedWeightsAndWithACheckpoint) {
  const TemporaryFolder folder;
  const EncoderFeatures features = RandomFeatures{.lengths = {40, 30}}.make();
  const auto fitted = conditioner();
  fitted->fit({features});
  Trainer trainer(LiDiT(kSize), fitted, TrainOptions{.steps = 200});
  save_weights(folder.path() / "weights.safetensors", trainer);
  save_checkpoint(folder.path() / "checkpoint.safetensors", trainer);
  const Tensor expected = normalized(*fitted, features);

  const auto drawn = conditioner(), resumed = conditioner();
  EXPECT_FALSE(at::equal(normalized(*drawn, features), expected));
  load_averaged_weights(folder.path() / "weights.safetensors", LiDiT(kSize), *drawn);
  EXPECT_TRUE(at::equal(normalized(*drawn, features), expected));
  Trainer again(LiDiT(kSize), resumed, TrainOptions{.steps = 200});
  load_checkpoint(folder.path() / "checkpoint.safetensors", again);
  EXPECT_TRUE(at::equal(normalized(*resumed, features), expected));
}

}  // namespace
}  // namespace lidit
