// The same models and cells on a GPU as on the processor. Skipped where there is no GPU.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "harness/device.h"
#include "harness/experiment.h"
#include "harness/settings.h"
#include "tests/encoders/llm/golden_states.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing_support::all_layers;
using testing_support::golden;
using testing_support::golden_tensor;
using testing_support::worst_error;

class Gpu : public testing::Test {
 protected:
  void SetUp() override {
    if (!gpu().device.is_cuda())
      GTEST_SKIP() << "no GPU is here: " << gpu().name << " " << gpu().note;
  }

  static const Device& gpu() {
    static const Device device = open_device("auto");
    return device;
  }
};

class GpuLanguageModel : public Gpu, public testing::WithParamInterface<const char*> {};

TEST_P(GpuLanguageModel, EqualsTransformersInEveryBlockAndToken) {
  const std::filesystem::path folder = golden(GetParam());
  const ConfigReader config = ConfigReader::from_json_file(folder / "config.json");
  const auto model = find_family(config).load(
      config, {WeightFile::open(folder / "model.safetensors")}, at::kFloat, gpu().device);
  const auto expected = WeightFile::open(folder / "states.safetensors");
  const TokenBatch batch{golden_tensor(*expected, "ids"), golden_tensor(*expected, "offsets")};
  const Tensor states = model->encode_packed(batch, all_layers(model->shape())).to(at::kCPU);
  EXPECT_LT(worst_error(states, golden_tensor(*expected, "states")), 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Families, GpuLanguageModel, testing::Values("tiny-llama", "tiny-bert"));

/// The losses of a small cell while it learns.
std::vector<double> losses(c10::Device device) {
  const TemporaryFolder folder;
  const Fields cell = resolve({{"strategy", std::string("scene-tokens")},
                               {"world.preset", std::string("tiny")},
                               {"backbone.size", std::string("tiny")},
                               {"train.steps", std::int64_t{20}},
                               {"train.warmup", std::int64_t{5}},
                               {"train.batch", std::int64_t{8}},
                               {"evaluation.splits", std::vector<std::string>{"seen"}},
                               {"evaluation.prompts", std::int64_t{4}},
                               {"evaluation.curve_every", std::int64_t{5}}},
                              folder.path());
  const ExperimentResult result = run_experiment(cell, {.home = folder.path(),
                                                        .folder = folder.path(),
                                                        .device = device,
                                                        .tell = [](auto, auto, auto) {}});
  EXPECT_EQ(result.record.status, Status::done) << result.record.reason;
  return result.record.series.front().y;
}

TEST_F(Gpu, LearnsACellAsTheProcessorDoes) {
  const std::vector<double> here = losses(c10::kCPU), there = losses(gpu().device);
  ASSERT_EQ(here.size(), there.size());
  for (std::size_t i = 0; i < here.size(); ++i) EXPECT_NEAR(there[i], here[i], 0.02 * here[i]);
}

}  // namespace
}  // namespace lidit
