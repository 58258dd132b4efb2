// y = x W' + b with weights that never change.
#pragma once
#include <ATen/core/Tensor.h>

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

}  // namespace lidit
