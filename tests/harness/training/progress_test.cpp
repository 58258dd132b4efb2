// Conditioners that change over training are told how far it is.
#include <gtest/gtest.h>

#include "encoders/strategies/composed_conditioner.h"
#include "harness/training/checkpoint.h"
#include "tests/encoders/strategies/random_features.h"
#include "tests/harness/linear_conditioner.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

constexpr LiDiTOptions kSize{.image_size = 8,
                             .channels = 3,
                             .patch = 4,
                             .width = 8,
                             .depth = 2,
                             .heads = 2,
                             .gate_init = GateInit::one};
constexpr std::int64_t kSteps = 8;

const TrainOptions kTrain{.steps = kSteps, .batch = 2, .warmup = 0};

class Listener : public LinearConditioner {
 public:
  using LinearConditioner::LinearConditioner;
  void progress(double fraction) override { heard.push_back(fraction); }
  std::vector<double> heard;
};

TEST(Progress, IsToldBeforeEveryStepAndGoesOnWhereARunIsResumed) {
  const auto listener = std::make_shared<Listener>(
      LinearConditioner::Options{.text_width = 12, .width = kSize.width});
  Trainer trainer(LiDiT(kSize), listener, kTrain);
  trainer.resume_at(6);
  while (trainer.completed_steps() < kSteps)
    trainer.step(at::zeros({2, 3, 8, 8}), random_features(2, 3, 12));
  EXPECT_EQ(listener->heard, (std::vector<double>{0.75, 0.875}));
}

/// A run whose blocks each learn weights of four layers, for the first half of it.
struct RoutedRun {
  RoutedRun() {
    StrategySettings settings{.encoders = std::vector<EncoderPart>(1), .refiner = {}, .fusion = {}};
    settings.encoders[0].source.layer_mix = LayerMix::per_block;
    settings.encoders[0].source.layers = {1, 2, 3, 4};
    settings.encoders[0].layer_freeze_at = 0.5;
    conditioner = std::make_shared<ComposedConditioner>(settings, std::vector<std::int64_t>{12},
                                                        BuildContext{.width = kSize.width,
                                                                     .depth = kSize.depth,
                                                                     .heads = kSize.heads,
                                                                     .seed = 1,
                                                                     .device = at::kCPU,
                                                                     .dtype = at::kFloat,
                                                                     .home = {}});
    trainer.emplace(LiDiT(kSize), conditioner, kTrain);
  }
  void advance_to(std::int64_t steps) {
    while (trainer->completed_steps() < steps)
      trainer->step(normal_tensor(Philox(3, "images", 1), {2, 3, 8, 8}),
                    {RandomFeatures{.layers = 4}.make()});
  }
  Tensor logits() const {
    return conditioner->encoders->ptr(0)->as<TextBranch>()->layer_weights->logits.detach().clone();
  }

  std::shared_ptr<ComposedConditioner> conditioner;
  std::optional<Trainer> trainer;
};

TEST(Progress, FreezesTheWeightsOfLayersExactlyAtTheStepAskedFor) {
  RoutedRun run;
  const Tensor first = run.logits();
  run.advance_to(3);
  const Tensor before = run.logits();
  EXPECT_FALSE(at::equal(before, first));
  run.advance_to(4);
  const Tensor frozen = run.logits();
  EXPECT_FALSE(at::equal(frozen, before));
  run.advance_to(kSteps);
  EXPECT_TRUE(at::equal(run.logits(), frozen));
}

TEST(Progress, OfAResumedRunFreezesAsInAnUninterruptedOne) {
  for (const std::int64_t stop : {2, 6}) {  // before and after the weights are frozen
    const TemporaryFolder folder;
    RoutedRun whole, begun, resumed;
    whole.advance_to(kSteps);
    begun.advance_to(stop);
    save_checkpoint(folder.path() / "checkpoint.safetensors", *begun.trainer);
    load_checkpoint(folder.path() / "checkpoint.safetensors", *resumed.trainer);
    resumed.advance_to(kSteps);
    const NamedTensors a = whole.trainer->state(), b = resumed.trainer->state();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
      EXPECT_TRUE(at::equal(a[i].tensor, b[i].tensor)) << a[i].name;
  }
}

}  // namespace
}  // namespace lidit
