#include "harness/drawn_probe.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "harness/model.h"
#include "harness/probed_encoder.h"
#include "harness/sampling/euler_sampler.h"
#include "harness/training/checkpoint.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::size_t kSetsAtOnce = 16;  // some hundred captions: whole batches, little memory

/// Every image of every text of some sets.
struct Batch {
  std::vector<Prompt> prompts;
  std::vector<std::int64_t> text_of_image;
  std::vector<SampleKey> keys;
};

Batch batch_of(std::span<const probes::DrawnPlan> plans, std::int64_t images) {
  Batch batch;
  for (const probes::DrawnPlan& plan : plans)
    for (const std::string& text : plan.texts) {
      for (std::int64_t image = 0; image < images; ++image) {
        batch.text_of_image.push_back(std::ssize(batch.prompts));
        batch.keys.push_back({.prompt = fmt::format("probe {}/{}", probes::kDrawnSplit, plan.set),
                              .image = static_cast<std::uint64_t>(image)});
      }
      batch.prompts.push_back({text});
    }
  return batch;
}

}  // namespace

scenes::World world_of(const TrainedCell& cell) {
  const ExperimentSettings settings = parse_settings(cell.record.asked);
  if (!reads_words(settings.strategy))
    throw UserError(
        fmt::format("probe: {}: {} reads no words", cell.record.name, settings.strategy));
  return scenes::World(settings.world.world);
}

std::vector<probes::DrawnSet> draw_probe_sets(
    const TrainedCell& cell, std::span<const probes::DrawnPlan> plans,
    const DrawnProbeOptions& options, const std::filesystem::path& home, c10::Device device,
    const std::function<void(std::int64_t images)>& tell) {
  ExperimentSettings settings = parse_settings(cell.record.asked);
  settings.sample.seed = options.seed;
  const WorldData data{.world = world_of(cell)};  // no pictures: nothing is trained
  const Model model = build_model(settings, data, home, device);
  load_averaged_weights(cell.weights, model.backbone, *model.strategy.conditioner);
  const EulerSampler sampler(model.backbone, model.strategy.conditioner, settings.sample);

  std::vector<probes::DrawnSet> found;
  std::int64_t done = 0;
  for (std::size_t begin = 0; begin < plans.size(); begin += kSetsAtOnce) {
    const auto piece = plans.subspan(begin, std::min(kSetsAtOnce, plans.size() - begin));
    const Batch batch = batch_of(piece, options.images);
    const FrozenFeatures features = model.strategy.source->encode(batch.prompts);
    const Tensor images = sampler.sample(
        select_prompts(features, at::tensor(batch.text_of_image, at::kLong)), batch.keys);
    std::int64_t next = 0;
    for (const probes::DrawnPlan& plan : piece) {
      std::vector<std::vector<scenes::Reading>> readings(plan.texts.size());
      for (auto& of_text : readings)
        for (std::int64_t image = 0; image < options.images; ++image)
          of_text.push_back(data.world.read(to_image(images[next++])));
      found.push_back(probes::judge(data.world, plan, readings));
    }
    tell(done += images.size(0));
  }
  return found;
}

}  // namespace lidit
