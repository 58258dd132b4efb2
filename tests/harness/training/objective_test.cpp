#include "harness/training/objective.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/training/draws.h"
#include "harness/training/train_options.h"

namespace lidit {
namespace {

TEST(Objective, TheLineStartsInNoiseAndEndsInData) {
  const Tensor noise = normal_tensor(Philox(1, "noise"), {3, 2, 4, 4});
  const Tensor data = normal_tensor(Philox(1, "data"), {3, 2, 4, 4});
  const Tensor x = interpolate(noise, data, at::tensor({0.0f, 1.0f, 0.25f}));
  EXPECT_TRUE(at::equal(x[0], noise[0]));
  EXPECT_TRUE(at::equal(x[1], data[1]));
  EXPECT_TRUE(at::allclose(x[2], 0.75 * noise[2] + 0.25 * data[2]));
}

TEST(Objective, BothPredictionsStandForTheSameVelocity) {
  const Tensor noise = normal_tensor(Philox(1, "noise"), {2, 1, 4, 4});
  const Tensor data = normal_tensor(Philox(1, "data"), {2, 1, 4, 4});
  const double t = 0.7;
  const Tensor x_t = interpolate(noise, data, at::full({2}, t));
  for (const Prediction prediction : {Prediction::velocity, Prediction::sample}) {
    const Tensor perfect = training_target(prediction, noise, data);
    EXPECT_TRUE(at::allclose(velocity_of(prediction, perfect, x_t, t), data - noise, 1e-4, 1e-5));
  }
  EXPECT_THROW(velocity_of(Prediction::sample, data, x_t, 1.0), c10::Error);
}

TEST(Objective, TimestepDensitiesHaveTheirMomentsAndStayInRange) {
  const std::int64_t n = 100000;
  const auto mean = [&](TimestepDensity density) {
    const Tensor t = draw_timesteps(density, Philox(1, "timesteps"), n);
    EXPECT_TRUE(((t >= 0) & (t < 1)).all().item<bool>());
    return t.mean().item<double>();
  };
  EXPECT_NEAR(mean(TimestepDensity::uniform), 1.0 / 2, 0.005);
  EXPECT_NEAR(mean(TimestepDensity::logit_normal), 1.0 / 2, 0.005);
  EXPECT_NEAR(mean(TimestepDensity::noise_biased), 1.0 / 3, 0.005);  // E u^2
  // P(sigmoid(n) < sigmoid(1)) = Phi(1)
  const Tensor t = draw_timesteps(TimestepDensity::logit_normal, Philox(1, "timesteps"), n);
  EXPECT_NEAR((t < 1 / (1 + std::exp(-1.0))).to(at::kFloat).mean().item<double>(), 0.8413, 0.005);
}

template <class Enum, std::size_t N>
void expect_names_to_round_trip(const NamedChoices<Enum, N>& choices) {
  for (const auto& [name, value] : choices.entries) {
    EXPECT_EQ(choices.from_name(name), value);
    EXPECT_EQ(choices.name_of(value), name);
  }
}

TEST(NamedChoices, NamesStandForValuesAndBack) {
  expect_names_to_round_trip(kPredictions);
  expect_names_to_round_trip(kTimestepDensities);
  expect_names_to_round_trip(kOptimizers);
}

TEST(NamedChoices, AnUnknownWordIsAnsweredWithTheChoices) {
  try {
    kPredictions.from_name("epsilom");
    FAIL() << "accepted";
  } catch (const SpecError& error) {
    for (const char* word : {"prediction", "epsilom", "velocity", "sample"})
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  }
}

TEST(Draws, KeepMaskDropsTheGivenShare) {
  EXPECT_TRUE(keep_mask(Philox(1, "captions"), 1000, 0).all().item<bool>());
  const Tensor keep = keep_mask(Philox(1, "captions"), 100000, 0.1);
  EXPECT_NEAR(keep.to(at::kFloat).mean().item<double>(), 0.9, 0.005);
}

TEST(Draws, DataOrderShowsEveryExampleOnceAnEpoch) {
  DataOrder order(3, 10, 4);
  std::vector<std::int64_t> seen;
  for (std::int64_t step = 0; step < 5; ++step) {
    const Tensor indices = order.indices(step);
    for (std::int64_t i = 0; i < 4; ++i) seen.push_back(indices[i].item<std::int64_t>());
  }
  const std::vector<std::int64_t> first(seen.begin(), seen.begin() + 10);
  const std::vector<std::int64_t> second(seen.begin() + 10, seen.end());
  for (std::int64_t example = 0; example < 10; ++example) {
    EXPECT_EQ(std::count(first.begin(), first.end(), example), 1);
    EXPECT_EQ(std::count(second.begin(), second.end(), example), 1);
  }
  EXPECT_NE(first, second);
}

TEST(Draws, DataOrderDoesNotDependOnWhatWasAskedBefore) {
  DataOrder in_order(3, 10, 4), from_the_middle(3, 10, 4);
  for (std::int64_t step = 0; step < 7; ++step) in_order.indices(step);
  EXPECT_TRUE(at::equal(in_order.indices(7), from_the_middle.indices(7)));
  EXPECT_TRUE(at::equal(in_order.indices(2), from_the_middle.indices(2)));
}

}  // namespace
}  // namespace lidit
