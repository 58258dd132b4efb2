// LayerNorm with weights that never change.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>

#include "encoders/llm/named_weights.h"

namespace lidit {

class FrozenNorm {
 public:
  FrozenNorm() = default;
  /// Reads NAME.weight and NAME.bias.
  FrozenNorm(const NamedWeights& weights, const std::string& name, double epsilon,
             at::ScalarType dtype, c10::Device device);
  /// (..., D) -> (..., D)
  Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_;
  double epsilon_ = 0;
};

}  // namespace lidit
