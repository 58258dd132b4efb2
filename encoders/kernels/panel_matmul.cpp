#include "encoders/kernels/panel_matmul.h"

#include <ATen/ATen.h>

#include <vector>

#include "encoders/kernels/instructions.h"
#include "encoders/kernels/panel_matmul_cpu.h"
#include "encoders/kernels/parallel.h"

namespace lidit {
namespace {

constexpr std::int64_t kHalf = kPanelWidth / 2;

const Bf16* bf16_data(const Tensor& x) { return static_cast<const Bf16*>(x.const_data_ptr()); }

/// (panels, in/2, kPanelWidth, 2)
Tensor pack(const Tensor& weight) {
  TORCH_CHECK(packs_into_panels(weight), "cannot pack ", weight.scalar_type(), " ", weight.sizes());
  const Tensor rows = weight.contiguous();
  const std::int64_t outputs = rows.size(0), depth = rows.size(1);
  const std::int64_t count = (outputs + kPanelWidth - 1) / kPanelWidth;
  const Tensor panels = at::empty({count, depth / 2, kPanelWidth, 2}, rows.options());
  auto* out = static_cast<Bf16*>(panels.mutable_data_ptr());
  parallel_over(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      pack_panel(bf16_data(rows), outputs, depth, i, out + i * depth * kPanelWidth);
  });
  return panels;
}

/// (2F,in) with 16 gates and their 16 ups in turns, F filled up to a multiple of 16 with zeros.
Tensor in_turns(const Tensor& weight) {
  const std::int64_t width = weight.size(0) / 2, missing = (kHalf - width % kHalf) % kHalf;
  const Tensor halves = at::constant_pad_nd(weight.unflatten(0, {2, width}), {0, 0, 0, missing});
  return halves.unflatten(1, {-1, kHalf}).transpose(0, 1).flatten(0, 2);
}

Tensor checked_rows(const Tensor& x, std::int64_t inputs) {
  TORCH_CHECK(x.scalar_type() == at::kBFloat16 && x.is_cpu() && x.size(-1) == inputs,
              "a panel product of ", inputs, " inputs takes bf16 rows of them, got ",
              x.scalar_type(), " ", x.sizes());
  return x.reshape({-1, inputs}).contiguous();
}

}  // namespace

bool packs_into_panels(const Tensor& weight) {
  return instructions_here() == Instructions::avx512_bf16 && !has_bf16_tiles() && weight.is_cpu() &&
         weight.scalar_type() == at::kBFloat16 && weight.dim() == 2 && weight.numel() > 0 &&
         weight.size(1) % 2 == 0;
}

PanelMatrix::PanelMatrix(const Tensor& weight, const Tensor& bias)
    : panels_(pack(weight)), inputs_(weight.size(1)), outputs_(weight.size(0)) {
  if (!bias.defined()) return;
  bias_ = at::zeros({panels_.size(0) * kPanelWidth}, at::kFloat);
  bias_.narrow(0, 0, outputs_).copy_(bias);
}

Tensor PanelMatrix::operator()(const Tensor& x) const {
  const Tensor rows = checked_rows(x, inputs_);
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape.back() = outputs_;
  const Tensor out = at::empty(shape, rows.options());
  const Panels weight{bf16_data(panels_), outputs_, inputs_};
  const float* bias = bias_.defined() ? bias_.const_data_ptr<float>() : nullptr;
  parallel_over(0, weight.count(), 1, [&](std::int64_t first, std::int64_t last) {
    panel_matmul_cpu(weight, bias, bf16_data(rows), rows.size(0),
                     static_cast<Bf16*>(out.mutable_data_ptr()), first, last);
  });
  return out;
}

GatedPanelMatrix::GatedPanelMatrix(const Tensor& weight, Activation activation)
    : panels_(pack(in_turns(weight))),
      inputs_(weight.size(1)),
      width_(weight.size(0) / 2),
      activation_(activation) {}

Tensor GatedPanelMatrix::operator()(const Tensor& x) const {
  const Tensor rows = checked_rows(x, inputs_);
  const Panels weight{bf16_data(panels_), panels_.size(0) * kPanelWidth, inputs_};
  const Tensor out = at::empty({rows.size(0), weight.outputs / 2}, rows.options());
  parallel_over(0, weight.count(), 1, [&](std::int64_t first, std::int64_t last) {
    gated_panel_matmul_cpu(activation_ == Activation::gelu_tanh, weight, bf16_data(rows),
                           rows.size(0), static_cast<Bf16*>(out.mutable_data_ptr()), first, last);
  });
  return out.size(1) == width_ ? out : out.narrow(1, 0, width_);
}

}  // namespace lidit
