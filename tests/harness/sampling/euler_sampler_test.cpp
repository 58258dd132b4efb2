#include "harness/sampling/euler_sampler.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "results/errors.h"
#include "tests/harness/linear_conditioner.h"
#include "tests/harness/randomize.h"

namespace lidit {
namespace {

constexpr std::int64_t kTextWidth = 12, kWidth = 32;

/// A backbone with random weights everywhere, and its conditioner.
struct Model {
  LiDiT backbone{LiDiTOptions{
      .image_size = 8, .channels = 3, .patch = 4, .width = kWidth, .depth = 1, .heads = 2}};
  std::shared_ptr<LinearConditioner> conditioner;

  explicit Model(bool depends_on_time = false)
      : conditioner(std::make_shared<LinearConditioner>(LinearConditioner::Options{
            .text_width = kTextWidth, .width = kWidth, .depends_on_time = depends_on_time})) {
    randomize(*backbone, 0.1);
    randomize(*conditioner, 0.1);
  }
  Tensor sample(const SamplerOptions& options, const FrozenFeatures& features,
                std::span<const SampleKey> keys) {
    return EulerSampler(backbone, conditioner, options).sample(features, keys);
  }
};

const std::vector<SampleKey> kKeys{{"test/0"}, {"test/1"}, {"test/1", 1}};

TEST(EulerSampler, TimeGridsRunFromNoiseToData) {
  for (const TimeGrid grid : {TimeGrid::uniform, TimeGrid::quadratic}) {
    const std::vector<double> times = time_grid(grid, 7);
    ASSERT_EQ(times.size(), 8u);
    EXPECT_EQ(times.front(), 0);
    EXPECT_EQ(times.back(), 1);
    for (std::size_t i = 0; i + 1 < times.size(); ++i) EXPECT_LT(times[i], times[i + 1]);
  }
  EXPECT_DOUBLE_EQ(time_grid(TimeGrid::quadratic, 4)[2], 0.25);
}

TEST(EulerSampler, IntegratesALinearEquationAsEulerDoes) {
  const Tensor start = at::tensor({1.0, -2.0});
  const auto growth = [](const Tensor& x, double) { return -1.5 * x; };
  const std::vector<double> coarse = time_grid(TimeGrid::quadratic, 5);
  double factor = 1;
  for (std::size_t i = 0; i < 5; ++i) factor *= 1 - 1.5 * (coarse[i + 1] - coarse[i]);
  EXPECT_TRUE(at::allclose(integrate_euler(start, coarse, growth), start * factor));
  const auto error = [&](std::int64_t steps) {
    const Tensor end = integrate_euler(start, time_grid(TimeGrid::uniform, steps), growth);
    return (end - start * std::exp(-1.5)).abs().max().item<double>();
  };
  EXPECT_NEAR(error(100) / error(200), 2, 0.05);  // first order
}

TEST(EulerSampler, AnImageDependsOnItsKeyAndPromptNotOnItsBatch) {
  Model model;
  const FrozenFeatures features = random_features(3, 4, kTextWidth);
  const Tensor together = model.sample({.batch = 3}, features, kKeys);
  EXPECT_EQ(together.sizes(), (std::vector<std::int64_t>{3, 3, 8, 8}));
  EXPECT_TRUE(at::equal(together, model.sample({.batch = 3}, features, kKeys)));
  EXPECT_TRUE(at::allclose(together, model.sample({.batch = 2}, features, kKeys), 1e-4, 1e-5));
  const Tensor last = model.sample({}, select_prompts(features, at::tensor({2}, at::kLong)),
                                   std::span(kKeys).subspan(2));
  EXPECT_TRUE(at::allclose(together.slice(0, 2), last, 1e-4, 1e-5));
}

TEST(EulerSampler, KeysAndSeedsGiveOtherNoise) {
  Model model;
  const FrozenFeatures same =
      select_prompts(random_features(1, 4, kTextWidth), at::zeros({3}, at::kLong));
  const Tensor images = model.sample({}, same, kKeys);
  EXPECT_FALSE(at::allclose(images[0], images[1], 1e-2, 1e-2));
  EXPECT_FALSE(at::allclose(images[1], images[2], 1e-2, 1e-2));
  EXPECT_FALSE(at::allclose(images, model.sample({.seed = 1}, same, kKeys), 1e-2, 1e-2));
}

TEST(EulerSampler, GuidanceExtrapolatesFromTheNullPrediction) {
  Model model;
  const FrozenFeatures features = random_features(3, 4, kTextWidth);
  for (const Prediction prediction : {Prediction::velocity, Prediction::sample}) {
    // In one step the image is linear in the velocity: x(g) = x(0) + g (x(1) - x(0)).
    const auto image = [&](double guidance) {
      return model.sample({.steps = 1, .guidance = guidance, .prediction = prediction}, features,
                          kKeys);
    };
    const Tensor null = image(0), plain = image(1);
    EXPECT_FALSE(at::allclose(null, plain, 1e-2, 1e-2));
    EXPECT_TRUE(at::allclose(image(3), null + 3 * (plain - null), 1e-3, 1e-4));
  }
}

TEST(EulerSampler, WithoutGuidanceThereIsNoNullHalf) {
  Model model;
  const FrozenFeatures features = random_features(3, 4, kTextWidth);
  model.sample({.guidance = 1}, features, kKeys);
  EXPECT_EQ(model.conditioner->calls, (std::vector<std::int64_t>{3}));
  model.sample({.guidance = 2}, features, kKeys);
  EXPECT_EQ(model.conditioner->calls, (std::vector<std::int64_t>{3, 6}));
}

TEST(EulerSampler, ConditionsEveryStepOnlyWhereTimeMatters) {
  const FrozenFeatures features = random_features(3, 4, kTextWidth);
  Model constant(false), timed(true);
  constant.sample({.steps = 5}, features, kKeys);
  timed.sample({.steps = 5}, features, kKeys);
  EXPECT_EQ(constant.conditioner->calls.size(), 1u);
  EXPECT_EQ(timed.conditioner->calls.size(), 5u);
}

TEST(EulerSampler, ContradictoryOptionsAreRefused) {
  Model model;
  for (const SamplerOptions& options :
       {SamplerOptions{.steps = 0}, SamplerOptions{.guidance = std::nan("")},
        SamplerOptions{.guidance = -1}, SamplerOptions{.batch = 0}})
    EXPECT_THROW(EulerSampler(model.backbone, model.conditioner, options), SpecError);
}

TEST(EulerSampler, RefusesFeaturesOfAnotherNumberOfPrompts) {
  Model model;
  EXPECT_THROW(model.sample({}, random_features(2, 4, kTextWidth), kKeys), c10::Error);
}

}  // namespace
}  // namespace lidit
