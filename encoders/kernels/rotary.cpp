#include "encoders/kernels/rotary.h"

#include <ATen/ATen.h>

#include "encoders/kernels/parallel.h"
#include "encoders/kernels/row_kernels_cpu.h"

namespace lidit {
namespace {

constexpr std::int64_t kTokensPerTask = 16;

template <class Scalar>
void rotate_on_cpu(Tensor& rows, const Tensor& table, std::int64_t heads) {
  const std::int64_t half = table.size(2), stride = rows.stride(0);
  const Tensor dense = table.contiguous();
  const float* cosine = dense.const_data_ptr<float>();
  const float* sine = cosine + dense.size(1) * half;
  auto* data = static_cast<Scalar*>(rows.mutable_data_ptr());
  parallel_over(0, rows.size(0), kTokensPerTask, [&](std::int64_t begin, std::int64_t end) {
    rotate_cpu(data + begin * stride, stride, cosine + begin * half, sine + begin * half,
               end - begin, heads, half);
  });
}

void rotate_by_formula(Tensor& rows, const Tensor& table, std::int64_t heads) {
  const Tensor part =  // a view
      rows.narrow(1, 0, heads * table.size(2) * 2).unflatten(1, {heads, 2, table.size(2)});
  const Tensor cosine = table[0].unsqueeze(1), sine = table[1].unsqueeze(1);  // (S,1,E/2)
  const Tensor a = part.select(2, 0).to(at::kFloat), b = part.select(2, 1).to(at::kFloat);
  const Tensor rotated = a * cosine - b * sine;  // before `a`, which may be a view, is overwritten
  part.select(2, 1).copy_(b * cosine + a * sine);
  part.select(2, 0).copy_(rotated);
}

}  // namespace

Tensor rotary_frequencies(std::int64_t head_width, double base, c10::Device device) {
  const Tensor exponents =
      at::arange(0, head_width, 2, at::TensorOptions(at::kFloat).device(device)) /
      static_cast<double>(head_width);
  return at::reciprocal(at::pow(at::Scalar(base), exponents));
}

Tensor rotary_table(const Tensor& positions, const Tensor& frequencies) {
  const Tensor angles = at::outer(positions.to(at::kFloat), frequencies);  // (S,E/2)
  return at::stack({angles.cos(), angles.sin()});
}

Tensor rotary_table(const Tensor& positions, std::int64_t head_width, double base) {
  return rotary_table(positions, rotary_frequencies(head_width, base, positions.device()));
}

void rotate_heads_(Tensor& rows, const Tensor& table, std::int64_t heads) {
  TORCH_CHECK(table.scalar_type() == at::kFloat && rows.dim() == 2 && table.dim() == 3 &&
                  table.size(0) == 2 && table.size(1) == rows.size(0) &&
                  rows.size(1) >= heads * table.size(2) * 2,
              "a table (2,S,E/2) of cosines and sines must fit ", heads, " heads in rows ",
              rows.sizes(), ", got ", table.sizes());
  if (rows.is_cpu() && rows.stride(1) == 1 && rows.scalar_type() == at::kFloat)
    rotate_on_cpu<float>(rows, table, heads);
  else if (rows.is_cpu() && rows.stride(1) == 1 && rows.scalar_type() == at::kBFloat16)
    rotate_on_cpu<Bf16>(rows, table, heads);
  else
    rotate_by_formula(rows, table, heads);
}

}  // namespace lidit
