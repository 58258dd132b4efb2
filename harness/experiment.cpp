#include "harness/experiment.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "harness/cell_checkpoint.h"
#include "harness/data/drawn_images.h"
#include "harness/data/world_data.h"
#include "harness/evaluation.h"
#include "harness/external_metrics.h"
#include "harness/learning_curve.h"
#include "harness/model.h"
#include "harness/provenance.h"
#include "harness/readout/readout_cell.h"
#include "harness/reference_rows.h"
#include "harness/settings.h"
#include "harness/trained_cell.h"
#include "harness/training/checkpoint.h"
#include "harness/training/draws.h"
#include "harness/training/trainer.h"
#include "metrics/scenes/rgb.h"
#include "results/errors.h"
#include "results/fingerprint.h"
#include "results/png.h"

namespace lidit {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Those of the split's first examples that are among them.
void save_images(const EvaluationSplit& split, const Tensor& images, std::int64_t count,
                 const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (std::int64_t i = 0; i < images.size(0); ++i) {
    const std::int64_t index = split.examples[static_cast<std::size_t>(i)].index;
    if (index < count)
      write_png(folder / fmt::format("{}-{:03}.png", split.name, index),
                scenes::to_rgb(to_image(images[i])));
  }
}

/// Scores, raw rows and kept images of a split.
void append_split(const ExperimentSettings& settings, const WorldData& data,
                  const EvaluationSplit& split, const SplitResult& found,
                  const ExperimentContext& context, ExperimentResult& result) {
  append_scores(data.world, split, found.scores, found.found, result.record.measurements,
                result.prompts);
  save_images(split, found.images, settings.images, context.folder / "images");
}

/// FLOPs of a step on the first batch.
double flops_per_step(const ExperimentSettings& settings, const WorldData& data, const Model& model,
                      const FrozenFeatures& features, c10::Device device) {
  DataOrder order(settings.seed, data.training_prompts, settings.train.batch);
  const Tensor indices = order.indices(0);
  return Trainer(model.backbone, model.strategy.conditioner, settings.train)
      .flops_per_step(data.images.index_select(0, indices).to(device),
                      select_prompts(features, indices));
}

/// How many steps a budget pays for.
std::int64_t steps_within(double teraflops, double flops_per_step) {
  const double steps = std::floor(teraflops * 1e12 / flops_per_step);
  if (!(steps >= 1))
    throw UserError(fmt::format("train.teraflops = {}: a single step takes {:.3g}", teraflops,
                                flops_per_step / 1e12));
  return static_cast<std::int64_t>(steps);
}

/// All training steps, or those that an interrupted cell had left; the seconds of all of them
/// alone, without the learning curve.
double train(const ExperimentSettings& settings, const WorldData& data, const Model& model,
             const FrozenFeatures& features, Trainer& trainer, LearningCurve& curve,
             const std::filesystem::path& kept, const ExperimentContext& context) {
  DataOrder order(settings.seed, data.training_prompts, settings.train.batch);
  CellCheckpoint checkpoint(kept, context.checkpoint_every, trainer, curve);
  double seconds = checkpoint.resume();
  for (std::int64_t step = trainer.completed_steps(); step < settings.train.steps; ++step) {
    const auto begin = Clock::now();
    const Tensor indices = order.indices(step);
    const Tensor loss = trainer.step(data.images.index_select(0, indices).to(context.device),
                                     select_prompts(features, indices));
    seconds += seconds_since(begin);
    curve.observe(
        trainer.completed_steps(), loss, [&](const EvaluationSplit& split, std::int64_t prompts) {
          const EmaWeights averages(trainer.ema());
          const EulerSampler sampler(model.backbone, model.strategy.conditioner, settings.sample);
          return read_back(data, split, draw_split(sampler, features, split, prompts)).scores;
        });
    checkpoint.keep(seconds);
    try {
      context.tell("training", step + 1, settings.train.steps);
    } catch (const Stopped&) {
      checkpoint.write(seconds);
      throw;
    }
  }
  checkpoint.write(seconds);  // sampling may take as long
  return seconds;
}

void evaluate(const ExperimentSettings& settings, const WorldData& data, const Model& model,
              const FrozenFeatures& features, const ExperimentContext& context,
              ExperimentResult& result) {
  const EulerSampler sampler(model.backbone, model.strategy.conditioner, settings.sample);
  std::vector<SplitImages> images;
  std::int64_t sampled = 0;
  double seconds = 0;
  for (const EvaluationSplit& split : data.splits) {
    const auto begin = Clock::now();
    Tensor drawn = draw_split(sampler, features, split, std::ssize(split.examples));
    seconds += seconds_since(begin);
    const SplitResult found = read_back(data, split, std::move(drawn));
    append_split(settings, data, split, found, context, result);
    images.push_back({&split, found.images});
    sampled += found.images.size(0);
    context.tell("sampling", std::ssize(images), std::ssize(data.splits));
  }
  result.record.measurements.push_back({.name = "sample.images_per_second",
                                        .value = static_cast<double>(sampled) / seconds,
                                        .unit = "1/s",
                                        .n = sampled,
                                        .higher_is_better = true});
  append_external_scores(settings, images, context, result);
}

/// Pictures from elsewhere, read back and scored like those of a trained cell.
void run_image_folder(const ExperimentSettings& settings, const WorldData& data,
                      const ExperimentContext& context, ExperimentResult& result) {
  std::vector<DrawnSplit> drawn;
  std::vector<SplitImages> images;
  std::int64_t missing = 0;
  for (const EvaluationSplit& split : data.splits)
    drawn.push_back(load_drawn_split(data, split, *settings.image_folder));
  for (const DrawnSplit& part : drawn) {
    append_split(settings, data, part.split, read_back(data, part.split, part.images), context,
                 result);
    images.push_back({&part.split, part.images});
    missing += std::ssize(part.missing);
  }
  result.record.measurements.push_back({.name = std::string(kImagesMissing),
                                        .value = static_cast<double>(missing),
                                        .unit = "count"});
  append_external_scores(settings, images, context, result);
}

/// The weights of a cell that was trained alike, and what its record says of the training.
void take_over(const TrainedCell& twin, const WorldData& data, const Model& model,
               const ExperimentContext& context, Record& record) {
  load_averaged_weights(twin.weights, model.backbone, *model.strategy.conditioner);
  std::filesystem::copy_file(twin.weights, context.folder / "weights.safetensors");
  record.context["trained_as"] = twin.record.fingerprint;
  record.series = twin.record.series;
  const auto is_of_images = [&](const Measurement& measurement) {
    return measurement.name.starts_with("sample.") ||
           std::ranges::any_of(data.splits, [&](const EvaluationSplit& split) {
             return measurement.name.starts_with(split.name + ".");
           });
  };
  std::ranges::remove_copy_if(twin.record.measurements, std::back_inserter(record.measurements),
                              is_of_images);
}

/// Trains, evaluates and saves; fills the record. Another metric alone needs no training again.
void run_trained(ExperimentSettings settings, const WorldData& data,
                 const ExperimentContext& context, ExperimentResult& result) {
  rehearse_external_metrics(settings, data, context);
  const Model model = build_model(settings, data, context.home, context.device);
  const auto begin = Clock::now();
  const FrozenFeatures features = model.strategy.source->encode(data.prompts);
  const double feature_seconds = seconds_since(begin);
  model.strategy.conditioner->fit(
      select_prompts(features, at::arange(data.training_prompts, at::kLong)));
  if (const auto twin = find_trained_twin(settings.resolved, {.root = context.home, .source = {}});
      twin && twin->record.context.at("device") == result.record.context.at("device")) {
    take_over(*twin, data, model, context, result.record);
    return evaluate(settings, data, model, features, context, result);
  }
  const double flops = flops_per_step(settings, data, model, features, context.device);
  if (settings.teraflops > 0) settings.train.steps = steps_within(settings.teraflops, flops);
  Trainer trainer(model.backbone, model.strategy.conditioner, settings.train);
  LearningCurve curve(settings, data);
  Record& record = result.record;
  const std::filesystem::path kept =
      context.checkpoints.empty()
          ? std::filesystem::path()
          : CellCheckpoint::file(context.checkpoints, record.fingerprint, context.device);
  const double seconds = train(settings, data, model, features, trainer, curve, kept, context);

  record.series = curve.series();
  record.measurements.push_back({.name = "features.seconds",  // computed, or read from the store
                                 .value = feature_seconds,
                                 .unit = "s",
                                 .n = std::ssize(data.prompts),
                                 .higher_is_better = false});
  record.measurements.push_back({.name = "train.seconds_per_step",
                                 .value = seconds / static_cast<double>(settings.train.steps),
                                 .unit = "s",
                                 .n = settings.train.steps,
                                 .higher_is_better = false});
  record.measurements.push_back(
      {.name = "train.flops_per_step", .value = flops, .unit = "FLOP", .higher_is_better = false});
  record.measurements.push_back(
      {.name = "train.steps", .value = static_cast<double>(settings.train.steps), .unit = "count"});
  record.measurements.push_back(parameter_measurement("backbone", *model.backbone));
  record.measurements.push_back(parameter_measurement("conditioner", *model.strategy.conditioner));
  save_weights(context.folder / "weights.safetensors", trainer);

  const EmaWeights averages(trainer.ema());
  evaluate(settings, data, model, features, context, result);
}

}  // namespace

ExperimentResult run_experiment(const Fields& resolved, const ExperimentContext& context) {
  const ExperimentSettings settings = parse_settings(resolved);
  ExperimentResult result;
  Record& record = result.record;
  record.fingerprint = fingerprint(identify(resolved, context.home));
  record.name = fmt::format("{}, seed {}", settings.strategy, settings.seed);
  record.asked = resolved;
  record.context = provenance(context.device);
  const WorldData data = make_world_data(settings.world);
  record.context["data"] = data.world.describe();
  record.context["world"] = data.world.describe_tests();
  record.context["scorer"] = fmt::format("drawn-world verifier {}", scenes::kWorldVersion);
  const auto end_without_scores = [&](Status status, std::string reason) {
    record.status = status;
    record.reason = std::move(reason);
    record.measurements.clear();
    record.series.clear();
    result.prompts.clear();
  };
  if (settings.image_folder && settings.seed != 0 && !settings.image_folder->for_every_seed) {
    end_without_scores(Status::skipped,
                       "images.folder does not say {seed}: its pictures are those of seed 0");
    return result;
  }
  try {
    if (settings.image_folder)
      run_image_folder(settings, data, context, result);
    else if (is_untrained(settings.strategy))
      run_untrained(settings, data, context, result);
    else if (settings.readout)
      run_readout(settings, data, context, result);
    else
      run_trained(settings, data, context, result);
  } catch (const Diverged& diverged) {
    end_without_scores(Status::failed, diverged.what());
  } catch (const MetricFailed& failed) {
    end_without_scores(Status::failed, failed.what());
  }
  return result;
}

}  // namespace lidit
