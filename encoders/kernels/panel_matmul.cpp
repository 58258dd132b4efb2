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

/// (count, in/2, kPanelWidth, 2); `row_of` says which row of the weight stands where in which
/// panel, none below 0.
template <class RowOf>
Tensor pack(const Tensor& weight, std::int64_t count, const RowOf& row_of) {
  TORCH_CHECK(packs_into_panels(weight), "cannot pack ", weight.scalar_type(), " ", weight.sizes());
  const Tensor all = weight.contiguous();
  const std::int64_t depth = all.size(1);
  const Tensor panels = at::empty({count, depth / 2, kPanelWidth, 2}, all.options());
  auto* out = static_cast<Bf16*>(panels.mutable_data_ptr());
  parallel_over(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t panel = begin; panel < end; ++panel) {
      PanelRows rows{};
      for (std::int64_t n = 0; n < kPanelWidth; ++n)
        if (const std::int64_t row = row_of(panel, n); row >= 0)
          rows[static_cast<std::size_t>(n)] = bf16_data(all) + row * depth;
      pack_panel(rows, depth, out + panel * depth * kPanelWidth);
    }
  });
  return panels;
}

Tensor pack_in_order(const Tensor& weight) {
  const std::int64_t outputs = weight.size(0);
  return pack(weight, (outputs + kPanelWidth - 1) / kPanelWidth,
              [&](std::int64_t panel, std::int64_t n) {
                const std::int64_t row = panel * kPanelWidth + n;
                return row < outputs ? row : -1;
              });
}

/// (2F,in) as 16 gates and their 16 ups in turns.
Tensor pack_in_turns(const Tensor& weight) {
  TORCH_CHECK(weight.size(0) % 2 == 0, "gates and ups (2F,in) were wanted, got ", weight.sizes());
  const std::int64_t width = weight.size(0) / 2;
  return pack(weight, (width + kHalf - 1) / kHalf, [&](std::int64_t panel, std::int64_t n) {
    const std::int64_t place = panel * kHalf + n % kHalf;
    return place < width ? place + (n < kHalf ? 0 : width) : -1;
  });
}

Tensor checked_rows(const Tensor& x, std::int64_t inputs) {
  TORCH_CHECK(x.scalar_type() == at::kBFloat16 && x.is_cpu() && x.size(-1) == inputs,
              "a panel product of ", inputs, " inputs takes bf16 rows of them, got ",
              x.scalar_type(), " ", x.sizes());
  return x.reshape({-1, inputs}).contiguous();
}

}  // namespace

bool runs_on_panels(at::ScalarType dtype, c10::Device device) {
  return dtype == at::kBFloat16 && device.is_cpu() && has_panel_kernel(instructions_here()) &&
         !has_bf16_tiles();
}

bool packs_into_panels(const Tensor& weight) {
  return runs_on_panels(weight.scalar_type(), weight.device()) && weight.dim() == 2 &&
         weight.numel() > 0 && weight.size(1) % 2 == 0;
}

PanelMatrix::PanelMatrix(const Tensor& weight, const Tensor& bias)
    : panels_(pack_in_order(weight)), inputs_(weight.size(1)), outputs_(weight.size(0)) {
  if (!bias.defined()) return;
  TORCH_CHECK(bias.dim() == 1 && bias.size(0) == outputs_, "a bias of ", outputs_,
              " was wanted, got ", bias.sizes());
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
    panel_matmul_cpu(instructions_here(), weight, bias, bf16_data(rows), rows.size(0),
                     static_cast<Bf16*>(out.mutable_data_ptr()), first, last);
  });
  return out;
}

GatedPanelMatrix::GatedPanelMatrix(const Tensor& weight, Activation activation)
    : panels_(pack_in_turns(weight)),
      inputs_(weight.size(1)),
      width_(weight.size(0) / 2),
      activation_(activation) {}

Tensor GatedPanelMatrix::operator()(const Tensor& x) const {
  TORCH_CHECK(x.dim() == 2, "rows (S,in) were wanted, got ", x.sizes());
  const Tensor rows = checked_rows(x, inputs_);
  const Panels weight{bf16_data(panels_), panels_.size(0) * kPanelWidth, inputs_};
  const Tensor out = at::empty({rows.size(0), weight.outputs / 2}, rows.options());
  parallel_over(0, weight.count(), 1, [&](std::int64_t first, std::int64_t last) {
    gated_panel_matmul_cpu(instructions_here(), activation_ == Activation::gelu_tanh, weight,
                           bf16_data(rows), rows.size(0),
                           static_cast<Bf16*>(out.mutable_data_ptr()), first, last);
  });
  return out.size(1) == width_ ? out : out.narrow(1, 0, width_);
}

}  // namespace lidit
