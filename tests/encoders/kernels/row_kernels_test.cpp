#include "encoders/kernels/row_kernels.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "encoders/kernels/rotary.h"
#include "results/philox.h"

namespace lidit {
namespace {

Tensor normal(at::IntArrayRef shape, std::string_view stream) {
  const Tensor out = at::empty(shape, at::kFloat);
  Philox(1, stream).fill_normal({out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  return out;
}

double relative_error(const Tensor& ours, const Tensor& theirs) {
  return ((ours.to(at::kDouble) - theirs).norm() / theirs.norm()).item<double>();
}

/// Widths with and without a rest after the last whole vector, in both types.
class RowKernel : public testing::TestWithParam<std::tuple<std::int64_t, at::ScalarType>> {
 protected:
  const std::int64_t width = std::get<0>(GetParam());
  const at::ScalarType dtype = std::get<1>(GetParam());
  const double limit = dtype == at::kFloat ? 1e-6 : 3e-3;  // one rounding to 8 bits
};

TEST_P(RowKernel, RmsNormEqualsTheFormula) {
  const Tensor x = (normal({5, width}, "x") * 30).to(dtype), w = normal({width}, "w").to(dtype);
  const Tensor wide = x.to(at::kDouble);
  const Tensor expected = wide / (wide.square().mean(1, true) + 1e-5).sqrt() * w.to(at::kDouble);
  EXPECT_LT(relative_error(rms_norm(x, w, 1e-5), expected), limit);
}

TEST_P(RowKernel, GatedSiluEqualsTheFormulaFarFromZeroToo) {
  Tensor x = normal({5, 2 * width}, "x") * 3;
  x[0].narrow(0, 0, width).fill_(-200);  // silu -> 0
  x[1].narrow(0, 0, width).fill_(200);   // silu -> x
  x = x.to(dtype);
  const Tensor wide = x.to(at::kDouble), gate = wide.narrow(1, 0, width);
  const Tensor expected = gate / (1 + (-gate).exp()) * wide.narrow(1, width, width);
  const Tensor ours = gated(Activation::silu, x);
  EXPECT_LT(relative_error(ours, expected), limit);
  EXPECT_LT(ours[0].abs().max().item<double>(), 1e-30);
  EXPECT_LT(relative_error(ours.slice(0, 2), expected.slice(0, 2)), limit);
}

TEST_P(RowKernel, GatedGeluEqualsTheTanhFormulaFarFromZeroToo) {
  Tensor x = normal({5, 2 * width}, "x") * 3;
  x[0].narrow(0, 0, width).fill_(-200);
  x[1].narrow(0, 0, width).fill_(200);
  x = x.to(dtype);
  const Tensor wide = x.to(at::kDouble), gate = wide.narrow(1, 0, width);
  const Tensor inner = std::sqrt(2 / M_PI) * (gate + 0.044715 * gate * gate * gate);
  const Tensor expected = gate * (inner.tanh() + 1) / 2 * wide.narrow(1, width, width);
  const Tensor ours = gated(Activation::gelu_tanh, x);
  EXPECT_LT(relative_error(ours, expected), limit);
  EXPECT_LT(ours[0].abs().max().item<double>(), 1e-30);
}

TEST_P(RowKernel, RotationEqualsTheFormulaAndLeavesOtherColumnsAlone) {
  const Tensor positions = at::tensor({0, 1, 7, 500, 8000}, at::kLong);
  const Tensor table = rotary_table(positions, 2 * width, 1e5);
  const Tensor x = normal({5, 3 * 2 * width}, "x").to(dtype);
  Tensor rows = x.clone();
  rotate_heads_(rows, table, 2);
  EXPECT_TRUE(at::equal(rows[0], x[0]));  // position 0
  EXPECT_TRUE(at::equal(rows.narrow(1, 4 * width, 2 * width), x.narrow(1, 4 * width, 2 * width)));
  const Tensor heads = x.narrow(1, 0, 4 * width).unflatten(1, {2, 2, width}).to(at::kDouble);
  const Tensor a = heads.select(2, 0), b = heads.select(2, 1), c = table[0].unsqueeze(1),
               s = table[1].unsqueeze(1);
  const Tensor expected = at::stack({a * c - b * s, b * c + a * s}, 2).flatten(1);
  EXPECT_LT(relative_error(rows.narrow(1, 0, 4 * width), expected), limit);
}

INSTANTIATE_TEST_SUITE_P(Widths, RowKernel,
                         testing::Combine(testing::Values(1, 8, 16, 21, 64, 576),
                                          testing::Values(at::kFloat, at::kBFloat16)),
                         [](const auto& test) {
                           return std::to_string(std::get<0>(test.param)) +
                                  (std::get<1>(test.param) == at::kFloat ? "_f32" : "_bf16");
                         });

TEST(RowKernels, CarryNaNThroughInsteadOfHidingIt) {
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const Tensor x = at::full({1, 4}, NAN).to(dtype);
    EXPECT_TRUE(rms_norm(x, at::ones({4}).to(dtype), 1e-5).isnan().all().item<bool>());
    for (const Activation activation : {Activation::silu, Activation::gelu_tanh})
      EXPECT_TRUE(gated(activation, x).isnan().all().item<bool>());
  }
}

}  // namespace
}  // namespace lidit
