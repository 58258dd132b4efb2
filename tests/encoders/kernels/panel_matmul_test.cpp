#include "encoders/kernels/panel_matmul.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>
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

struct PanelCase {
  Instructions instructions;
  std::int64_t rows, depth, outputs;
};

/// Kernels for other machines than this one as well, where it has their instructions. The deep
/// cases make AVX2 cut the rows into parts.
class PanelMatmulVariants : public testing::TestWithParam<PanelCase> {
 protected:
  void SetUp() override {
    if (instructions_here() < GetParam().instructions)
      GTEST_SKIP() << "this machine lacks the instructions";
  }
  static const Bf16* data(const Tensor& t) { return static_cast<const Bf16*>(t.const_data_ptr()); }
  static Bf16* data_of(const Tensor& t) { return static_cast<Bf16*>(t.mutable_data_ptr()); }

  /// The panels of `weight` as they lie.
  static std::vector<Bf16> pack(const Tensor& weight) {
    const std::int64_t outputs = weight.size(0), depth = weight.size(1),
                       count = (outputs + kPanelWidth - 1) / kPanelWidth;
    std::vector<Bf16> panels(static_cast<std::size_t>(count * kPanelWidth * depth));
    for (std::int64_t panel = 0; panel < count; ++panel) {
      PanelRows rows{};
      for (std::int64_t n = 0; n < kPanelWidth && panel * kPanelWidth + n < outputs; ++n)
        rows[static_cast<std::size_t>(n)] = data(weight) + (panel * kPanelWidth + n) * depth;
      pack_panel(rows, depth, panels.data() + panel * kPanelWidth * depth);
    }
    return panels;
  }

  const Instructions instructions = GetParam().instructions;
  const std::int64_t rows = GetParam().rows, depth = GetParam().depth;
  const Tensor x = normal({rows, depth}, "x");
};

TEST_P(PanelMatmulVariants, MultiplyAsTheFormulaSays) {
  const std::int64_t outputs = GetParam().outputs;
  const Tensor weight = normal({outputs, depth}, "w");
  const std::vector<Bf16> packed = pack(weight);
  const Panels panels{packed.data(), outputs, depth};
  const Tensor bias = at::zeros({panels.count() * kPanelWidth});
  bias.narrow(0, 0, outputs).copy_(normal({outputs}, "b"));
  const Tensor expected =
      x.to(at::kDouble).mm(weight.to(at::kDouble).t()) + bias.narrow(0, 0, outputs).to(at::kDouble);
  const Tensor out = at::full({rows, outputs}, NAN, at::kBFloat16);
  const std::int64_t middle = panels.count() / 2;  // as two threads share it
  for (const auto& [first, last] : {std::pair{std::int64_t{0}, middle}, {middle, panels.count()}})
    panel_matmul_cpu(instructions, panels, bias.const_data_ptr<float>(), data(x), rows,
                     data_of(out), first, last);
  EXPECT_LT(relative_error(out, expected), 4e-3);
}

TEST_P(PanelMatmulVariants, GateAsTheFormulaSays) {
  constexpr std::int64_t kPanels = 3, kHalf = kPanelWidth / 2;
  const Tensor weight = normal({kPanels * kPanelWidth, depth}, "w");
  const std::vector<Bf16> packed = pack(weight);
  const Tensor both =
      x.to(at::kDouble).mm(weight.to(at::kDouble).t()).view({rows, kPanels, 2, kHalf});
  const Tensor gate = both.select(2, 0).reshape({rows, kPanels * kHalf}),
               up = both.select(2, 1).reshape({rows, kPanels * kHalf});
  for (const bool gelu : {false, true}) {
    const Tensor out = at::full({rows, kPanels * kHalf}, NAN, at::kBFloat16);
    gated_panel_matmul_cpu(instructions, gelu, {packed.data(), kPanels * kPanelWidth, depth},
                           data(x), rows, data_of(out), 0, kPanels);
    EXPECT_LT(relative_error(out, (gelu ? at::gelu(gate, "tanh") : at::silu(gate)) * up), 4e-3);
  }
}

TEST(PanelMatmulInstructions, ThatHaveNoKernelAreRefused) {
  EXPECT_FALSE(has_panel_kernel(Instructions::portable));
  EXPECT_THROW(panel_matmul_cpu(Instructions::portable, {}, nullptr, nullptr, 0, nullptr, 0, 0),
               std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(
    Kernels, PanelMatmulVariants, testing::ValuesIn([] {
      std::vector<PanelCase> cases;
      for (const Instructions set : {Instructions::avx2, Instructions::avx512_bf16}) {
        for (std::int64_t rows = 1; rows <= 13; ++rows) cases.push_back({set, rows, 18, 33});
        cases.push_back({set, 37, 66, 97});
        cases.push_back({set, 13, 16384, 40});
      }
      return cases;
    }()));

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
