#include "harness/training/ema.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <utility>

namespace lidit {

Ema::Ema(NamedTensors parameters, double decay)
    : parameters_(std::move(parameters)), decay_(decay) {
  for (const auto& [name, parameter] : parameters_) {
    values_.push_back(parameter);
    averages_.push_back(parameter.detach().clone());
  }
}

void Ema::update(std::int64_t step) {
  const c10::NoGradGuard no_grad;
  const auto n = static_cast<double>(step);
  at::_foreach_lerp_(averages_, values_, 1 - std::min(decay_, (1 + n) / (10 + n)));
}

NamedTensors Ema::state() const {
  NamedTensors all;
  for (std::size_t i = 0; i < averages_.size(); ++i)
    all.push_back({name_of(parameters_[i].name), averages_[i]});
  return all;
}

EmaWeights::EmaWeights(Ema& ema) : ema_(ema) { swap(); }
EmaWeights::~EmaWeights() { swap(); }

void EmaWeights::swap() {
  for (std::size_t i = 0; i < ema_.values_.size(); ++i) {
    const Tensor own = ema_.values_[i].detach();
    ema_.values_[i].set_data(ema_.averages_[i]);
    ema_.averages_[i].set_data(own);
  }
}

}  // namespace lidit
