#include "harness/training/trainer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <thread>

#include "harness/sampling/euler_sampler.h"
#include "harness/training/checkpoint.h"
#include "harness/training/draws.h"
#include "harness/training/flop_counter.h"
#include "metrics/throughput/flops.h"
#include "results/errors.h"
#include "tests/harness/linear_conditioner.h"

namespace lidit {
namespace {

constexpr std::int64_t kExamples = 8, kTextWidth = 12, kWidth = 32;

LiDiT tiny_backbone() {
  return LiDiT(LiDiTOptions{.image_size = 8,
                            .channels = 3,
                            .patch = 4,
                            .width = kWidth,
                            .depth = 2,
                            .heads = 2,
                            .gate_init = GateInit::one,
                            .position_sd = 0.5});
}

std::shared_ptr<LinearConditioner> tiny_conditioner(bool depends_on_time = false) {
  return std::make_shared<LinearConditioner>(LinearConditioner::Options{
      .text_width = kTextWidth, .width = kWidth, .depends_on_time = depends_on_time});
}

/// Patches of one colour each: images that the captions tell apart.
Tensor tiny_images() {
  const Tensor colours = normal_tensor(Philox(31, "images"), {kExamples, 3, 2, 2}).sign();
  return colours.repeat_interleave(4, 2).repeat_interleave(4, 3);
}

FrozenFeatures tiny_features() { return random_features(kExamples, 3, kTextWidth); }

TrainOptions short_run(std::int64_t steps) {
  return {.steps = steps, .batch = kExamples, .warmup = steps / 6, .ema = 0.9};
}

struct TinyRun {
  LiDiT backbone = tiny_backbone();
  std::shared_ptr<LinearConditioner> conditioner = tiny_conditioner();
  Trainer trainer;
  DataOrder order;

  explicit TinyRun(const TrainOptions& options)
      : trainer(backbone, conditioner, options), order(options.seed, kExamples, options.batch) {}
  double step() {
    const Tensor chosen = order.indices(trainer.completed_steps());
    return trainer
        .step(tiny_images().index_select(0, chosen), select_prompts(tiny_features(), chosen))
        .item<double>();
  }
  void advance_to(std::int64_t step_count) {
    while (trainer.completed_steps() < step_count) step();
  }
};

void expect_equal_states(const NamedTensors& a, const NamedTensors& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].name, b[i].name);
    EXPECT_TRUE(at::equal(a[i].tensor, b[i].tensor)) << a[i].name;
  }
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name)
      : path(std::filesystem::temp_directory_path() /
             (name + std::to_string(::getpid()) + ".safetensors")) {}
  ~TemporaryFile() { std::filesystem::remove(path); }
  const std::filesystem::path path;
};

TEST(Trainer, LearnsEightImagesByHeartAndTheSamplerPaintsThem) {
  TinyRun run(short_run(240));
  const double first = run.step();
  double last = 0;
  run.advance_to(220);
  while (run.trainer.completed_steps() < 240) last += run.step() / 20;
  EXPECT_LT(last, first / 10);

  const EmaWeights averaged(run.trainer.ema());
  const EulerSampler sampler(run.backbone, run.conditioner, {.steps = 10});
  std::vector<SampleKey> keys;
  for (std::int64_t i = 0; i < kExamples; ++i) keys.push_back({"train/" + std::to_string(i)});
  const Tensor images = sampler.sample(tiny_features(), keys);
  EXPECT_LT(at::mse_loss(images, tiny_images()).item<double>(), 0.05);  // their variance is 1
}

TEST(Trainer, LearnsWithVelocityAndPlainAdamWToo) {
  TrainOptions options = short_run(240);
  options.prediction = Prediction::velocity;
  options.density = TimestepDensity::logit_normal;
  options.optimizer = OptimizerKind::adamw;
  TinyRun run(options);
  const double first = run.step();
  double last = 0;
  run.advance_to(220);
  while (run.trainer.completed_steps() < 240) last += run.step() / 20;
  EXPECT_LT(last, first / 2);
}

TEST(Trainer, AResumedRunEqualsAnUninterruptedOneBitForBit) {
  const TemporaryFile file("lidit-resume-");
  const TrainOptions options = short_run(12);
  TinyRun whole(options), before(options), after(options);
  whole.advance_to(12);
  before.advance_to(5);
  save_checkpoint(file.path, before.trainer);
  load_checkpoint(file.path, after.trainer);
  EXPECT_EQ(after.trainer.completed_steps(), 5);
  after.advance_to(12);
  expect_equal_states(whole.trainer.state(), after.trainer.state());
}

TEST(Trainer, TwoRunsSideBySideEqualOneAfterTheOther) {
  const TrainOptions options = short_run(12);
  const auto train = [](TinyRun& run) {
    at::set_num_threads(1);
    run.advance_to(12);
  };
  TinyRun alone(options), first(options), second(options);
  std::thread([&] { train(alone); }).join();
  std::thread one([&] { train(first); }), two([&] { train(second); });
  one.join();
  two.join();
  expect_equal_states(alone.trainer.state(), first.trainer.state());
  expect_equal_states(alone.trainer.state(), second.trainer.state());
}

TEST(Trainer, NoiseAndBackboneAreTheSameForEveryConditioner) {
  TinyRun plain(short_run(12));
  LiDiT backbone = tiny_backbone();
  const auto other = tiny_conditioner(/*depends_on_time=*/true);
  Trainer trainer(backbone, other, short_run(12));
  EXPECT_TRUE(at::equal(backbone->hidden_matrices()[3], plain.backbone->hidden_matrices()[3]));
  // An untrained backbone says zero: the first loss is a function of data, noise and times alone.
  TrainOptions options = short_run(12);
  options.prediction = Prediction::velocity;
  TinyRun velocity(options);
  Trainer velocity_trainer(backbone, other, options);
  const double loss = velocity_trainer
                          .step(tiny_images().index_select(0, velocity.order.indices(0)),
                                select_prompts(tiny_features(), velocity.order.indices(0)))
                          .item<double>();
  EXPECT_EQ(loss, velocity.step());
}

TEST(Trainer, MuonTakesTheHiddenMatricesAndAdamWTheRest) {
  TrainOptions options = short_run(12);
  const auto count = [](const NamedTensors& state, std::string_view prefix) {
    return std::count_if(state.begin(), state.end(),
                         [&](const NamedTensor& item) { return item.name.starts_with(prefix); });
  };
  const NamedTensors with_muon = TinyRun(options).trainer.state();
  EXPECT_EQ(count(with_muon, "muon.momentum."), 3);  // 32x32, 128x32, 32x128
  EXPECT_EQ(count(with_muon, "adamw.mean.backbone.blocks.0.self_attention.q_proj.weight"), 0);
  EXPECT_EQ(count(with_muon, "adamw.mean.backbone.blocks.0.modulation.linear.weight"), 1);
  EXPECT_EQ(count(with_muon, "adamw.mean.conditioner.linear.weight"), 1);
  options.optimizer = OptimizerKind::adamw;
  const NamedTensors without = TinyRun(options).trainer.state();
  EXPECT_EQ(count(without, "muon."), 0);
  EXPECT_EQ(count(without, "adamw.mean."), count(without, "ema."));
}

TEST(Trainer, DroppedCaptionsTrainTheNull) {
  TrainOptions options = short_run(12);
  options.drop = 0.5;
  TinyRun run(options);
  run.step();
  run.step();
  EXPECT_GT(run.conditioner->null_token.abs().max().item<double>(), 0);
  EXPECT_GT(run.conditioner->null_pooled.abs().max().item<double>(), 0);
}

TEST(Trainer, ALossThatIsNoNumberEndsTheRunWithStepAndReason) {
  TinyRun run(short_run(12));
  run.advance_to(3);
  const Tensor broken = at::full({kExamples, 3, 8, 8}, std::numeric_limits<float>::quiet_NaN());
  try {
    run.trainer.step(broken, tiny_features());
    FAIL() << "a NaN passed";
  } catch (const Diverged& diverged) {
    EXPECT_EQ(diverged.step(), 3);
    EXPECT_STREQ(diverged.what(), "diverged at step 3: the loss is nan");
  }
}

TEST(Trainer, RefusesStepsBeyondTheEnd) {
  TinyRun run(short_run(6));
  run.advance_to(6);
  EXPECT_THROW(run.step(), c10::Error);
}

TEST(Checkpoint, AveragedWeightsComeBackIntoTheModules) {
  const TemporaryFile file("lidit-weights-");
  TinyRun run(short_run(12));
  run.advance_to(4);
  save_weights(file.path, run.trainer);
  TinyRun other(short_run(12));
  load_averaged_weights(file.path, other.backbone, *other.conditioner);
  const EmaWeights averaged(run.trainer.ema());
  expect_equal_states(run.trainer.parameters(), other.trainer.parameters());
}

TEST(Checkpoint, OfAnotherModelIsRefusedBeforeAnythingChanges) {
  const TemporaryFile file("lidit-other-");
  const Tensor a = at::zeros({2, 3}), b = at::zeros({4});
  save_tensors(file.path, {{"a", at::ones({2, 3})}, {"b", at::ones({5})}});
  EXPECT_THROW(load_tensors(file.path, {{"a", a}, {"b", b}}), FileError);
  EXPECT_THROW(load_tensors(file.path, {{"a", a}, {"c", b}}), FileError);
  EXPECT_THROW(load_tensors(file.path, {{"a", a.to(at::kLong)}}), FileError);
  EXPECT_EQ(a.count_nonzero().item<std::int64_t>(), 0);
  load_tensors(file.path, {{"a", a}});
  EXPECT_TRUE(at::equal(a, at::ones({2, 3})));
  EXPECT_THROW(load_tensors("/nonexistent/file.safetensors", {{"a", a}}), FileError);
}

TEST(Checkpoint, OfALongerRunIsRefused) {
  const TemporaryFile file("lidit-longer-");
  TinyRun longer(short_run(12));
  longer.advance_to(8);
  save_checkpoint(file.path, longer.trainer);
  TinyRun shorter(short_run(6));
  EXPECT_THROW(load_checkpoint(file.path, shorter.trainer), FileError);
}

TEST(FlopCounter, CountsProductsByTheirShapes) {
  const Tensor a = at::ones({3, 5}), b = at::ones({5, 7}), bias = at::ones({7});
  EXPECT_EQ(count_flops([&] { at::mm(a, b); }), 2 * 3 * 5 * 7);
  EXPECT_EQ(count_flops([&] { at::linear(a, b.t().contiguous(), bias); }), 2 * 3 * 5 * 7);
  EXPECT_EQ(count_flops([&] {
              at::matmul(at::ones({2, 3, 5}), at::ones({2, 5, 7}));
            }),
            2 * 2 * 3 * 5 * 7);
  EXPECT_EQ(count_flops([&] {
              at::conv2d(at::ones({2, 3, 8, 8}), at::ones({4, 3, 2, 2}), {}, 2);
            }),
            2.0 * (2 * 4 * 4 * 4) * (3 * 2 * 2));
  EXPECT_EQ(count_flops([&] { (a + 1).exp(); }), 0);
}

TEST(FlopCounter, CountsFusedAttention) {
  const Tensor q = at::ones({2, 3, 5, 8}), k = at::ones({2, 3, 7, 8});
  EXPECT_EQ(count_flops([&] { at::scaled_dot_product_attention(q, k, k); }),
            2 * (2 * (2 * 3 * 5 * 7 * 8)));
}

TEST(FlopCounter, AgreesWithTheFormulasOfTheBackbone) {
  const LiDiTOptions options{.image_size = 32,
                             .channels = 3,
                             .patch = 4,
                             .width = 64,
                             .depth = 3,
                             .heads = 2,
                             .gate_init = GateInit::one};
  LiDiT backbone(options);
  const std::int64_t rows = 2, tokens = 7;
  const Conditioning text{.tokens = at::ones({1, rows, tokens, options.width}),
                          .mask = at::ones({rows, tokens}, at::kBool),
                          .pooled = at::ones({rows, options.width}),
                          .source = at::zeros({rows, tokens, 2}, at::kLong)};
  const double found = count_flops([&] {
    const Tensor time = backbone->time_embedding(at::full({rows}, 0.5));
    backbone->forward(at::ones({rows, 3, 32, 32}), time, text);
  });
  const double formula =
      throughput::backbone_cost({.depth = options.depth,
                                 .width = options.width,
                                 .patches = options.patches(),
                                 .patch_values = options.patch * options.patch * options.channels},
                                {.rows = rows, .text_tokens = rows * tokens})
          .flops();
  EXPECT_NEAR(found / formula, 1, 0.02);
}

TEST(Trainer, CountsItsFlopsAndLeavesTheRunAsItWas) {
  TinyRun counted(short_run(4)), plain(short_run(4));
  EXPECT_GT(counted.trainer.flops_per_step(tiny_images(), tiny_features()), 0);
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(counted.trainer.step(tiny_images(), tiny_features())
                    .equal(plain.trainer.step(tiny_images(), tiny_features())));
}

}  // namespace
}  // namespace lidit
