#include "harness/learning_curve.h"

#include <ATen/ATen.h>

namespace lidit {
namespace {

/// The values' bits, which stay theirs: no file type has double precision.
Tensor bits_of(const std::vector<double>& values) {
  return at::from_blob(const_cast<double*>(values.data()), {std::ssize(values)}, at::kLong);
}

}  // namespace

bool LearningCurve::observes(const EvaluationSplit& split) const {
  return split.examples.front().rotation == 0 && !data_.world.split(split.name).rotated;
}

void LearningCurve::observe(std::int64_t step, const Tensor& loss, const Evaluate& evaluate) {
  if (settings_.curve_every == 0) return;
  losses_.push_back(loss);
  if (step % settings_.curve_every != 0) return;
  steps_.push_back(static_cast<double>(step));
  mean_losses_.push_back(at::stack(losses_).mean().item<double>());
  losses_.clear();
  for (const EvaluationSplit& split : data_.splits) {
    if (!observes(split)) continue;
    const auto scores = evaluate(split, settings_.curve_prompts);
    bindings_[split.name].push_back(scenes::summarise(scores).at("binding"));
  }
}

NamedTensors LearningCurve::state() const {
  NamedTensors all{{"curve.steps", bits_of(steps_)}, {"curve.losses", bits_of(mean_losses_)}};
  for (const auto& [split, bindings] : bindings_)
    all.push_back({"curve.binding." + split, bits_of(bindings)});
  all.push_back({"curve.losses_since", losses_.empty() ? at::empty({0}) : at::stack(losses_)});
  return all;
}

NamedTensors LearningCurve::resume_at(std::int64_t steps, c10::Device device) {
  const std::int64_t every = settings_.curve_every, since = every == 0 ? 0 : steps % every;
  const auto points = static_cast<std::size_t>(every == 0 ? 0 : steps / every);
  steps_.resize(points);
  mean_losses_.resize(points);
  if (points > 0)
    for (const EvaluationSplit& split : data_.splits)
      if (observes(split)) bindings_[split.name].resize(points);
  const Tensor losses = at::zeros({since}, device);
  losses_ = losses.unbind();  // views: they are filled with it
  NamedTensors all = state();
  all.back().tensor = losses;
  return all;
}

std::vector<Series> LearningCurve::series() const {
  std::vector<Series> all{{.name = "loss",
                           .x_name = "steps",
                           .x_unit = "",
                           .y_name = "loss",
                           .y_unit = "",
                           .x = steps_,
                           .y = mean_losses_}};
  for (const auto& [split, y] : bindings_)
    all.push_back({.name = split + ".binding",
                   .x_name = "steps",
                   .x_unit = "",
                   .y_name = "binding",
                   .y_unit = "fraction",
                   .x = steps_,
                   .y = y});
  return all;
}

}  // namespace lidit
