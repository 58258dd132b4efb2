#include "harness/training/adamw.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <utility>

namespace lidit {

AdamW::AdamW(NamedTensors parameters, const AdamWOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const auto& [name, parameter] : parameters_) {
    TORCH_CHECK(parameter.requires_grad(), "AdamW: ", name, " needs no gradient");
    means_.push_back(at::zeros_like(parameter, at::MemoryFormat::Preserve));
    squares_.push_back(at::zeros_like(parameter, at::MemoryFormat::Preserve));
    steps_.push_back(at::zeros({}, parameter.options().dtype(at::kFloat)));
  }
}

void AdamW::step(double learning_rate) {
  const c10::NoGradGuard no_grad;
  std::vector<Tensor> values, gradients, means, squares, steps;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& parameter = parameters_[i].tensor;
    if (!parameter.grad().defined()) continue;
    values.push_back(parameter);
    gradients.push_back(parameter.grad());
    means.push_back(means_[i]);
    squares.push_back(squares_[i]);
    steps.push_back(steps_[i]);
  }
  if (values.empty()) return;
  at::_foreach_add_(steps, 1);
  at::_fused_adamw_(values, gradients, means, squares, /*max_exp_avg_sqs=*/{}, steps, learning_rate,
                    options_.beta1, options_.beta2, options_.weight_decay, options_.eps,
                    /*amsgrad=*/false, /*maximize=*/false);
}

NamedTensors AdamW::state() const {
  NamedTensors all;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const std::string& name = parameters_[i].name;
    all.push_back({"adamw.mean." + name, means_[i]});
    all.push_back({"adamw.square." + name, squares_[i]});
    all.push_back({"adamw.step." + name, steps_[i]});
  }
  return all;
}

}  // namespace lidit
