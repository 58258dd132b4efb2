#include "encoders/kernels/panel_matmul.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "encoders/kernels/instructions.h"
#include "results/philox.h"

namespace lidit {
namespace {

Tensor normal(at::IntArrayRef shape, std::string_view stream) {
  const Tensor out = at::empty(shape, at::kFloat);
  Philox(1, stream).fill_normal({out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  return out.to(at::kBFloat16);
}

double relative_error(const Tensor& ours, const Tensor& theirs) {
  return ((ours.to(at::kDouble) - theirs).norm() / theirs.norm()).item<double>();
}

/// Rows, inputs and outputs, with and without a rest after whole blocks and panels.
class PanelMatmul : public testing::TestWithParam<std::array<std::int64_t, 3>> {
 protected:
  void SetUp() override {
    if (instructions_here() != Instructions::avx512_bf16 || has_bf16_tiles())
      GTEST_SKIP() << "panels are for AVX-512's bf16 products";
  }
  const std::int64_t rows = GetParam()[0], inputs = GetParam()[1], outputs = GetParam()[2];
  const Tensor x = normal({rows, inputs}, "x"), wide = x.to(at::kDouble);
};

TEST_P(PanelMatmul, EqualsTheProductRoundedOnce) {
  const Tensor weight = normal({outputs, inputs}, "w"), bias = normal({outputs}, "b");
  const Tensor product = wide.mm(weight.to(at::kDouble).t());
  const Tensor plain = PanelMatrix(weight, {})(x), with_bias = PanelMatrix(weight, bias)(x);
  EXPECT_EQ(plain.sizes(), product.sizes());
  EXPECT_LT(relative_error(plain, product), 4e-3);
  EXPECT_LT(relative_error(with_bias, product + bias.to(at::kDouble)), 4e-3);
}

TEST_P(PanelMatmul, GatesInTheSamePass) {
  const Tensor weight = normal({2 * outputs, inputs}, "w");
  const Tensor both = wide.mm(weight.to(at::kDouble).t());
  const Tensor gate = both.narrow(1, 0, outputs), up = both.narrow(1, outputs, outputs);
  EXPECT_LT(relative_error(GatedPanelMatrix(weight, Activation::silu)(x), at::silu(gate) * up),
            4e-3);
  EXPECT_LT(relative_error(GatedPanelMatrix(weight, Activation::gelu_tanh)(x),
                           at::gelu(gate, "tanh") * up),
            4e-3);
}

TEST_P(PanelMatmul, GivesARowTheSameBitsWhateverStandsBesideIt) {
  const PanelMatrix matrix(normal({outputs, inputs}, "w"), {});
  const Tensor all = matrix(x);
  for (const std::int64_t row : {std::int64_t{0}, rows - 1})
    EXPECT_TRUE(at::equal(matrix(x.narrow(0, row, 1)), all.narrow(0, row, 1)));
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  EXPECT_TRUE(at::equal(matrix(x), all));
  at::set_num_threads(threads);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PanelMatmul,
                         testing::Values(std::array<std::int64_t, 3>{1, 2, 1},
                                         std::array<std::int64_t, 3>{11, 6, 31},
                                         std::array<std::int64_t, 3>{12, 64, 32},
                                         std::array<std::int64_t, 3>{29, 18, 80},
                                         std::array<std::int64_t, 3>{37, 576, 97}));

TEST(PanelMatmulShapes, KeepLeadingDimensionsAndTakeNoRows) {
  const Tensor weight = normal({8, 4}, "w");
  if (!packs_into_panels(weight)) GTEST_SKIP() << "panels are for AVX-512's bf16 products";
  EXPECT_EQ(PanelMatrix(weight, {})(normal({2, 3, 4}, "x")).sizes(),
            (std::vector<std::int64_t>{2, 3, 8}));
  EXPECT_EQ(PanelMatrix(weight, {})(normal({0, 4}, "x")).sizes(),
            (std::vector<std::int64_t>{0, 8}));
  EXPECT_THROW(PanelMatrix(weight, {})(normal({2, 6}, "x")), c10::Error);
  EXPECT_THROW(PanelMatrix(weight, {})(at::zeros({2, 4})), c10::Error);
  EXPECT_FALSE(packs_into_panels(normal({8, 5}, "w")));
  EXPECT_FALSE(packs_into_panels(at::zeros({8, 4})));
}

}  // namespace
}  // namespace lidit
