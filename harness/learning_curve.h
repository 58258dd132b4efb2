// Losses and scores while a cell learns.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/data/world_data.h"
#include "harness/settings.h"
#include "harness/training/named_tensor.h"
#include "metrics/scenes/score.h"
#include "results/record.h"

namespace lidit {

class LearningCurve {
 public:
  /// The scores of the first `prompts` examples of a split by the weights as they are now.
  using Evaluate = std::function<std::vector<scenes::PromptScore>(const EvaluationSplit& split,
                                                                  std::int64_t prompts)>;

  LearningCurve(const ExperimentSettings& settings, const WorldData& data)
      : settings_(settings), data_(data) {}

  /// After every step. Every curve_every steps: binding on the first prompts of each split that is
  /// not rotated.
  void observe(std::int64_t step, const Tensor& loss, const Evaluate& evaluate);

  /// All that was observed as tensors "curve.*", numbers of double precision by their bits; they
  /// are the curve's own until it observes again.
  NamedTensors state() const;
  /// As after `steps` steps whose losses lie on `device`, once the caller has filled what it gives:
  /// handles, named and shaped as state() was then.
  NamedTensors resume_at(std::int64_t steps, c10::Device device);

  /// "loss", the mean since the point before, and "SPLIT.binding", over steps.
  std::vector<Series> series() const;

 private:
  bool observes(const EvaluationSplit& split) const;

  const ExperimentSettings& settings_;
  const WorldData& data_;
  std::vector<Tensor> losses_;  // since the last point
  std::vector<double> steps_, mean_losses_;
  std::map<std::string, std::vector<double>> bindings_;
};

}  // namespace lidit
