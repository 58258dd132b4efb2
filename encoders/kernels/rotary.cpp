#include "encoders/kernels/rotary.h"

#include <ATen/ATen.h>

namespace lidit {

Tensor rotary_table(const Tensor& positions, std::int64_t head_width, double base) {
  const auto options = positions.options().dtype(at::kFloat);
  const Tensor exponents = at::arange(0, head_width, 2, options) / static_cast<double>(head_width);
  const Tensor frequencies = at::reciprocal(at::pow(at::Scalar(base), exponents));  // (E/2)
  const Tensor angles = at::outer(positions.to(at::kFloat), frequencies);           // (S,E/2)
  return at::stack({angles.cos(), angles.sin()});
}

void rotate_heads_(Tensor& rows, const Tensor& table, std::int64_t heads) {
  TORCH_CHECK(rows.dim() == 2 && table.dim() == 3 && table.size(0) == 2 &&
                  table.size(1) == rows.size(0) && rows.size(1) >= heads * table.size(2) * 2,
              "a table (2,S,E/2) of cosines and sines must fit ", heads, " heads in rows ",
              rows.sizes(), ", got ", table.sizes());
  const std::int64_t half = table.size(2);
  const Tensor part = rows.narrow(1, 0, heads * half * 2).unflatten(1, {heads, 2, half});  // a view
  const Tensor cosine = table[0].unsqueeze(1), sine = table[1].unsqueeze(1);  // (S,1,E/2)
  const Tensor a = part.select(2, 0).to(at::kFloat), b = part.select(2, 1).to(at::kFloat);
  const Tensor rotated = a * cosine - b * sine;  // before `a`, which may be a view, is overwritten
  part.select(2, 1).copy_(b * cosine + a * sine);
  part.select(2, 0).copy_(rotated);
}

}  // namespace lidit
