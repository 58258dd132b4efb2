#include "harness/readout/readout.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/experiment.h"
#include "harness/settings.h"
#include "metrics/scenes/score.h"
#include "metrics/scenes/world.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using scenes::Attribute;

std::vector<scenes::Scene> example_scenes(const scenes::World& world) {
  std::vector<scenes::Scene> scenes;
  for (int i = 0; i < 8; ++i) scenes.push_back(world.example("seen", i).scene);
  return scenes;
}

/// Logits that are sure of the scenes.
std::array<Tensor, scenes::kAttributes> certain(const scenes::Preset& preset,
                                                const std::vector<scenes::Scene>& scenes) {
  auto logits = readout_targets(preset, scenes);
  for (const Attribute attribute : scenes::kAllAttributes) {
    Tensor& one = logits[scenes::number(attribute)];
    if (!one.defined()) continue;
    const std::int64_t values =
        preset.concept_count(attribute) + (attribute == Attribute::shape ? 1 : 0);
    one = at::one_hot(one.clamp_min(0), values).to(at::kFloat) * 50;
  }
  return logits;
}

TEST(Readout, SaysTheSceneOfWhichItIsSure) {
  for (const char* preset : {"quick-four", "desk"}) {
    const scenes::World world({.preset = preset});
    const auto scenes = example_scenes(world);
    const auto logits = certain(world.preset(), scenes);
    const auto found = most_likely(world.preset(), logits);
    for (std::size_t i = 0; i < scenes.size(); ++i) {
      const auto caption = world.example("seen", static_cast<std::int64_t>(i)).caption;
      const auto score =
          scenes::score(world.preset(), caption, scenes::reading_of(world.preset(), found[i]));
      EXPECT_EQ(score.all, 1) << caption.text;
    }
    EXPECT_NEAR(readout_loss(logits, readout_targets(world.preset(), scenes)).item<double>(), 0,
                1e-6);
  }
}

TEST(Readout, LossOfOneThatKnowsNothingIsTheLogarithmOfTheChoices) {
  const scenes::World world({.preset = "quick-four"});  // 4 shapes or nothing, 6 colours
  const auto scenes = example_scenes(world);
  auto logits = certain(world.preset(), scenes);
  for (Tensor& one : logits)
    if (one.defined()) one = at::zeros_like(one);
  EXPECT_NEAR(readout_loss(logits, readout_targets(world.preset(), scenes)).item<double>(),
              std::log(5) + std::log(6), 1e-5);
}

TEST(Readout, ReadsNoPadding) {
  const scenes::World world({.preset = "quick"});
  Readout readout(ReadoutOptions{.width = 16, .depth = 2, .heads = 2, .seed = 3}, world.preset());
  const Tensor tokens = at::randn({1, 2, 5, 16});
  const Tensor mask = at::ones({2, 5}, at::kBool);
  mask.narrow(1, 3, 2).fill_(false);
  Tensor other = tokens.clone();
  other.narrow(2, 3, 2).normal_();
  const auto logits =
      readout(Conditioning{.tokens = tokens, .mask = mask, .pooled = {}, .source = {}});
  const auto same =
      readout(Conditioning{.tokens = other, .mask = mask, .pooled = {}, .source = {}});
  ASSERT_EQ(logits[0].sizes(), (at::IntArrayRef{2, 4, 5}));
  EXPECT_TRUE(at::equal(logits[0], same[0]));
  EXPECT_FALSE(logits[scenes::number(Attribute::texture)].defined());
  EXPECT_FALSE(logits[scenes::number(Attribute::place)].defined());
}

Fields readout_cell(std::int64_t steps) {
  return {{"strategy", std::string("scene-tokens")},
          {"world.preset", std::string("tiny")},
          {"backbone.size", std::string("tiny")},
          {"backbone.readout", true},
          {"train.steps", steps},
          {"train.warmup", std::int64_t{2}},
          {"evaluation.splits", std::vector<std::string>{"seen", "position-seen"}},
          {"evaluation.prompts", std::int64_t{20}},
          {"evaluation.curve_every", steps / 2}};
}

ExperimentResult run(const Fields& asked, const std::filesystem::path& folder) {
  return run_experiment(
      resolve(asked, folder),
      {.home = folder, .folder = folder, .device = c10::kCPU, .tell = [](auto, auto, auto) {}});
}

TEST(ReadoutCell, LearnsToReadExactTokensAndGivesTheSameTwice) {
  const TemporaryFolder folder;
  const ExperimentResult a = run(readout_cell(120), folder.path());
  ASSERT_EQ(a.record.status, Status::done) << a.record.reason;
  EXPECT_GT(*a.record.find("seen.binding")->value, 0.9);
  EXPECT_NE(a.record.find("position-seen.binding.position.2"), nullptr);
  EXPECT_NE(a.record.find("parameters.readout"), nullptr);
  EXPECT_EQ(a.record.find("sample.images_per_second"), nullptr);
  EXPECT_EQ(a.record.series.size(), 2u);  // loss, seen.binding
  EXPECT_EQ(a.prompts.size(), 40u);
  const ExperimentResult b = run(readout_cell(120), folder.path());
  EXPECT_EQ(a.prompts, b.prompts);
  EXPECT_EQ(a.record.series, b.record.series);
}

TEST(ReadoutCell, IsAnotherCellThanTheTrainedOne) {
  const Fields readout = resolve(readout_cell(4), "no-home");
  Fields diffusion = readout_cell(4);
  diffusion["backbone.readout"] = false;
  EXPECT_TRUE(parse_settings(readout).readout);
  EXPECT_FALSE(parse_settings(resolve(diffusion, "no-home")).readout);
  EXPECT_NE(identify(readout, "no-home").spec, identify(resolve(diffusion, "no-home"), "").spec);
}

}  // namespace
}  // namespace lidit
