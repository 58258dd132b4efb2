// Maps whose weights never change, in the layout that the machine multiplies fastest.
#pragma once
#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <string_view>

#include "encoders/kernels/panel_matmul.h"
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
  PanelMatrix panels_;      // in the place of weight_ where the machine is fastest on it
  bool reordered_ = false;  // weight_ is in oneDNN's own layout
  Tensor weight_, bias_;
};

/// The first half of a gated feed-forward network: activation(x G') * (x U').
class FrozenGated {
 public:
  FrozenGated() = default;
  /// weight (2F,in): the rows of G, then those of U.
  FrozenGated(Tensor weight, Activation activation);
  /// (S,in) -> (S,F)
  Tensor operator()(const Tensor& x) const;

 private:
  GatedPanelMatrix panels_;
  FrozenLinear gate_up_;  // where there are no panels
  Activation activation_ = Activation::silu;
};

/// The maps `block`NAME of several names as one, their outputs side by side; weights and biases.
FrozenLinear read_joined(const NamedWeights& weights, std::string_view block,
                         std::initializer_list<std::string_view> names, at::ScalarType dtype,
                         c10::Device device);

}  // namespace lidit
