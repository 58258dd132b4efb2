#include "harness/learning_curve.h"

#include <ATen/ATen.h>

namespace lidit {

void LearningCurve::observe(std::int64_t step, const Tensor& loss, const Evaluate& evaluate) {
  losses_.push_back(loss);
  if (settings_.curve_every == 0 || step % settings_.curve_every != 0) return;
  steps_.push_back(static_cast<double>(step));
  mean_losses_.push_back(at::stack(losses_).mean().item<double>());
  losses_.clear();
  for (const EvaluationSplit& split : data_.splits) {
    if (split.examples.front().rotation != 0 || data_.world.split(split.name).rotated) continue;
    const auto scores = evaluate(split, settings_.curve_prompts);
    bindings_[split.name].push_back(scenes::summarise(scores).at("binding"));
  }
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
