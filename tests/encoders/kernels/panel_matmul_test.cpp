#include "encoders/kernels/panel_matmul.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <vector>

#include "encoders/kernels/instructions.h"
#include "encoders/kernels/panel_matmul_cpu.h"
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
    if (!runs_on_panels(at::kBFloat16, at::kCPU))
      GTEST_SKIP() << "products do not run on panels here";
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

/// 32 outputs of one panel each, of 37 rows, by kernels for other machines than this one as well.
class PanelMatmulVariants : public testing::TestWithParam<Instructions> {
 protected:
  void SetUp() override {
    if (instructions_here() < GetParam()) GTEST_SKIP() << "this machine lacks the instructions";
  }
  static const Bf16* data(const Tensor& t) { return static_cast<const Bf16*>(t.const_data_ptr()); }
  static constexpr std::int64_t kRows = 37, kDepth = 66;
  const Tensor x = normal({kRows, kDepth}, "x"), weight = normal({kPanelWidth, kDepth}, "w");
  const Tensor product = x.to(at::kDouble).mm(weight.to(at::kDouble).t());
  std::vector<Bf16> packed = std::vector<Bf16>(kPanelWidth * kDepth);
  const Panels panels{packed.data(), kPanelWidth, kDepth};

  PanelMatmulVariants() {
    PanelRows rows{};
    for (std::size_t n = 0; n < rows.size(); ++n) rows[n] = data(weight) + n * kDepth;
    pack_panel(rows, kDepth, packed.data());
  }
};

TEST_P(PanelMatmulVariants, MultiplyAsTheFormulaSays) {
  const Tensor out = at::empty({kRows, kPanelWidth}, at::kBFloat16);
  panel_matmul_cpu(GetParam(), panels, nullptr, data(x), kRows,
                   static_cast<Bf16*>(out.mutable_data_ptr()), 0, 1);
  EXPECT_LT(relative_error(out, product), 4e-3);
}

TEST_P(PanelMatmulVariants, GateAsTheFormulaSays) {
  constexpr std::int64_t kWidth = kPanelWidth / 2;
  const Tensor gate = product.narrow(1, 0, kWidth), up = product.narrow(1, kWidth, kWidth);
  for (const bool gelu : {false, true}) {
    const Tensor out = at::empty({kRows, kWidth}, at::kBFloat16);
    gated_panel_matmul_cpu(GetParam(), gelu, panels, data(x), kRows,
                           static_cast<Bf16*>(out.mutable_data_ptr()), 0, 1);
    EXPECT_LT(relative_error(out, (gelu ? at::gelu(gate, "tanh") : at::silu(gate)) * up), 4e-3);
  }
}

TEST(PanelMatmulInstructions, ThatHaveNoKernelAreRefused) {
  EXPECT_FALSE(panels_run_on(Instructions::portable));
  EXPECT_THROW(panel_matmul_cpu(Instructions::portable, {}, nullptr, nullptr, 0, nullptr, 0, 0),
               std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(Kernels, PanelMatmulVariants,
                         testing::Values(Instructions::avx2, Instructions::avx512_bf16));

TEST(PanelMatmulShapes, KeepLeadingDimensionsAndTakeNoRows) {
  const Tensor weight = normal({8, 4}, "w");
  if (!packs_into_panels(weight)) GTEST_SKIP() << "products do not run on panels here";
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
