#include "harness/readout/readout_cell.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/evaluation.h"
#include "harness/external_metrics.h"
#include "harness/learning_curve.h"
#include "harness/model.h"
#include "harness/readout/readout.h"
#include "harness/training/adamw.h"
#include "harness/training/draws.h"
#include "harness/training/gradients.h"
#include "harness/training/learning_rate.h"
#include "harness/training/trainer.h"

namespace lidit {
namespace {

constexpr std::int64_t kPromptsAtOnce = 64;

/// A conditioner and the readout that reads it, as they learn.
class ReadoutTraining {
 public:
  ReadoutTraining(const ExperimentSettings& settings, const WorldData& data,
                  const ExperimentContext& context)
      : settings_(settings),
        data_(data),
        strategy_(build_strategy(settings, data, context.home, context.device)),
        readout_(ReadoutOptions{.width = settings.backbone.width,
                                .depth = settings.backbone.depth,
                                .heads = settings.backbone.heads,
                                .seed = settings.seed},
                 data.world.preset()),
        device_(context.device) {
    readout_->to(device_);
    features_ = strategy_.source->encode(data.prompts);
    strategy_.conditioner->fit(
        select_prompts(features_, at::arange(data.training_prompts, at::kLong)));
    std::vector<scenes::Scene> scenes;
    for (std::int64_t i = 0; i < data.training_prompts; ++i)
      scenes.push_back(data.world.example("train", i).scene);
    targets_ = readout_targets(data.world.preset(), scenes);
    NamedTensors parameters;
    for (const auto& item : readout_->named_parameters())
      parameters.push_back({"readout." + item.key(), item.value()});
    for (const auto& item : strategy_.conditioner->named_parameters())
      parameters.push_back({"conditioner." + item.key(), item.value()});
    for (const NamedTensor& parameter : parameters) values_.push_back(parameter.tensor);
    optimizer_.emplace(std::move(parameters),
                       AdamWOptions{.beta1 = settings.train.beta1,
                                    .beta2 = settings.train.beta2,
                                    .weight_decay = settings.train.weight_decay});
  }

  const torch::nn::Module& conditioner() const { return *strategy_.conditioner; }
  const torch::nn::Module& readout() const { return *readout_; }

  /// The loss of one optimiser step on these training prompts.
  Tensor step(std::int64_t number, const Tensor& indices) {
    strategy_.conditioner->progress(static_cast<double>(number) /
                                    static_cast<double>(settings_.train.steps));
    std::array<Tensor, scenes::kAttributes> targets;
    for (std::size_t k = 0; k < targets.size(); ++k)
      if (targets_[k].defined()) targets[k] = targets_[k].index_select(0, indices).to(device_);
    const Tensor loss = readout_loss(logits(indices), targets);
    loss.backward();
    const Tensor norm = clip_gradients(values_, settings_.train.clip);
    if (!std::isfinite(loss.item<double>()) || !std::isfinite(norm.item<double>()))
      throw Diverged(number, "the loss or its gradient is no number");
    optimizer_->step(settings_.train.conditioner_lr *
                     learning_rate_factor(number, settings_.train.warmup, settings_.train.steps));
    clear_gradients(values_);
    return loss.detach();
  }

  std::vector<scenes::PromptScore> evaluate(const EvaluationSplit& split, std::int64_t prompts) {
    const c10::NoGradGuard no_grad;
    const scenes::Preset& preset = data_.world.preset();
    const auto count = std::min(prompts, static_cast<std::int64_t>(split.examples.size()));
    std::vector<scenes::PromptScore> scores;
    for (std::int64_t begin = 0; begin < count; begin += kPromptsAtOnce) {
      const std::int64_t end = std::min(count, begin + kPromptsAtOnce);
      const Tensor indices =
          at::arange(split.first_prompt + begin, split.first_prompt + end, at::kLong);
      for (const scenes::Scene& scene : most_likely(preset, logits(indices)))
        scores.push_back(scenes::score(preset, split.examples[scores.size()].caption,
                                       scenes::reading_of(preset, scene)));
    }
    return scores;
  }

 private:
  std::array<Tensor, scenes::kAttributes> logits(const Tensor& indices) {
    const std::int64_t batch = indices.numel();
    const auto options = at::TensorOptions(device_);
    return readout_(strategy_.conditioner->condition(
        select_prompts(features_, indices), at::zeros({batch, settings_.backbone.width}, options),
        at::ones({batch}, options.dtype(at::kBool))));
  }

  const ExperimentSettings& settings_;
  const WorldData& data_;
  Strategy strategy_;
  Readout readout_;
  c10::Device device_;
  FrozenFeatures features_;
  std::array<Tensor, scenes::kAttributes> targets_;
  std::vector<Tensor> values_;
  std::optional<AdamW> optimizer_;
};

}  // namespace

void run_readout(const ExperimentSettings& settings, const WorldData& data,
                 const ExperimentContext& context, ExperimentResult& result) {
  ReadoutTraining training(settings, data, context);
  LearningCurve curve(settings, data);
  DataOrder order(settings.seed, data.training_prompts, settings.train.batch);
  for (std::int64_t step = 0; step < settings.train.steps; ++step) {
    const Tensor loss = training.step(step, order.indices(step));
    curve.observe(step + 1, loss, [&](const EvaluationSplit& split, std::int64_t prompts) {
      return training.evaluate(split, prompts);
    });
    context.tell("training", step + 1, settings.train.steps);
  }
  Record& record = result.record;
  record.series = curve.series();
  record.measurements = {parameter_measurement("readout", training.readout()),
                         parameter_measurement("conditioner", training.conditioner())};
  for (const EvaluationSplit& split : data.splits)
    append_scores(data.world, split,
                  training.evaluate(split, static_cast<std::int64_t>(split.examples.size())), {},
                  record.measurements, result.prompts);
  append_no_images(settings, data, result);
}

}  // namespace lidit
