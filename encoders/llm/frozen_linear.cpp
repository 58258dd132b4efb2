#include "encoders/llm/frozen_linear.h"

#include <ATen/ATen.h>

namespace lidit {

FrozenLinear::FrozenLinear(Tensor weight, Tensor bias)
    : weight_(std::move(weight)), bias_(std::move(bias)) {}

Tensor FrozenLinear::operator()(const Tensor& x) const {
  return at::linear(x, weight_, bias_.defined() ? std::optional<Tensor>(bias_) : std::nullopt);
}

}  // namespace lidit
