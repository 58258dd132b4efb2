#include "encoders/kernels/row_kernels.h"

#include <ATen/ATen.h>

#include "encoders/kernels/row_kernels_cpu.h"

#include "encoders/kernels/parallel.h"

namespace lidit {
namespace {

constexpr std::int64_t kRowsPerTask = 16;

template <class Scalar>
const Scalar* data(const Tensor& x) {
  return static_cast<const Scalar*>(x.const_data_ptr());
}
template <class Scalar>
Scalar* mutable_data(const Tensor& x) {
  return static_cast<Scalar*>(x.mutable_data_ptr());
}

bool has_kernel(const Tensor& x) {
  return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

template <class Scalar>
void rms_norm_rows(const Tensor& x, const Tensor& weight, const Tensor& out, double epsilon) {
  const std::int64_t width = x.size(1);
  parallel_over(0, x.size(0), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    rms_norm_cpu(data<Scalar>(x) + begin * width, data<Scalar>(weight),
                 mutable_data<Scalar>(out) + begin * width, end - begin, width,
                 static_cast<float>(epsilon));
  });
}

template <class Scalar>
void gated_rows(Activation activation, const Tensor& gate_up, const Tensor& out) {
  const std::int64_t width = out.size(1);
  parallel_over(0, out.size(0), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    gated_cpu(activation == Activation::gelu_tanh, data<Scalar>(gate_up) + begin * 2 * width,
              mutable_data<Scalar>(out) + begin * width, end - begin, width);
  });
}

}  // namespace

Tensor rms_norm(const Tensor& x, const Tensor& weight, double epsilon) {
  TORCH_CHECK(x.dim() == 2 && weight.dim() == 1 && weight.size(0) == x.size(1) &&
                  weight.scalar_type() == x.scalar_type(),
              "rms_norm takes x (S,D) and weight (D) of one dtype, got ", x.sizes(), " and ",
              weight.sizes());
  if (!has_kernel(x)) return at::rms_norm(x, weight.sizes(), weight, epsilon);
  const Tensor rows = x.contiguous(), scale = weight.contiguous(), out = at::empty_like(rows);
  if (x.scalar_type() == at::kFloat)
    rms_norm_rows<float>(rows, scale, out, epsilon);
  else
    rms_norm_rows<Bf16>(rows, scale, out, epsilon);
  return out;
}

Tensor gated(Activation activation, const Tensor& gate_up) {
  TORCH_CHECK(gate_up.dim() == 2 && gate_up.size(1) % 2 == 0,
              "gated takes gate and up side by side (S,2F), got ", gate_up.sizes());
  const std::int64_t width = gate_up.size(1) / 2;
  if (!has_kernel(gate_up)) {
    const Tensor gate = gate_up.narrow(1, 0, width);
    return (activation == Activation::silu ? at::silu(gate) : at::gelu(gate, "tanh")) *
           gate_up.narrow(1, width, width);
  }
  const Tensor rows = gate_up.contiguous();
  const Tensor out = at::empty({rows.size(0), width}, rows.options());
  if (rows.scalar_type() == at::kFloat)
    gated_rows<float>(activation, rows, out);
  else
    gated_rows<Bf16>(activation, rows, out);
  return out;
}

}  // namespace lidit
