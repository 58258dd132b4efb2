// y = x W' + b with weights that never change.
#pragma once
#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <string_view>

#include "encoders/llm/named_weights.h"

namespace lidit {

using at::Tensor;

class FrozenLinear {
 public:
  FrozenLinear() = default;
  /// weight (out,in); bias (out) or undefined.
  explicit FrozenLinear(Tensor weight, Tensor bias = {});
  /// (..., in) -> (..., out)
  Tensor operator()(const Tensor& x) const;

 private:
  bool reordered_ = false;  // weight_ is in oneDNN's own layout
  Tensor weight_, bias_;
};

/// The maps `block`NAME of several names as one, their outputs side by side; weights and biases.
FrozenLinear read_joined(const NamedWeights& weights, std::string_view block,
                         std::initializer_list<std::string_view> names, at::ScalarType dtype,
                         c10::Device device);

}  // namespace lidit
