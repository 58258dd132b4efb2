// y = x W' + b with a constant bf16 matrix, packed once in the order in which vector instructions
// read it, so that the rate is the arithmetic's and not the memory's.
#pragma once
#include <ATen/core/Tensor.h>

#include "encoders/kernels/row_kernels.h"

namespace lidit {

using at::Tensor;

/// Whether products in this type should run on panels here: bf16 on a CPU with AVX-512's bf16
/// products and without tiles of them, or with AVX2 and without AVX-512.
bool runs_on_panels(at::ScalarType dtype, c10::Device device);

/// Whether a weight (out,in) should be packed here: where products run on panels, of an even width.
bool packs_into_panels(const Tensor& weight);

class PanelMatrix {
 public:
  PanelMatrix() = default;
  /// weight (out,in), packs_into_panels; bias (out) or undefined.
  PanelMatrix(const Tensor& weight, const Tensor& bias);
  bool defined() const { return panels_.defined(); }
  /// (..., in) -> (..., out); fp32 sums, rounded once. A row's result does not depend on the
  /// others.
  Tensor operator()(const Tensor& x) const;

 private:
  Tensor panels_, bias_;
  std::int64_t inputs_ = 0, outputs_ = 0;
};

/// activation(gate) * up in the same pass: the halves of a feed-forward network's first map are
/// never written down.
class GatedPanelMatrix {
 public:
  GatedPanelMatrix() = default;
  /// weight (2F,in): gates, then ups; packs_into_panels.
  GatedPanelMatrix(const Tensor& weight, Activation activation);
  bool defined() const { return panels_.defined(); }
  /// (S,in) -> (S,F); fp32 sums, rounded once.
  Tensor operator()(const Tensor& x) const;

 private:
  Tensor panels_;
  std::int64_t inputs_ = 0, width_ = 0;
  Activation activation_ = Activation::silu;
};

}  // namespace lidit
