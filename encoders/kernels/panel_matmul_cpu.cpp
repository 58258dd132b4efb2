#include "encoders/kernels/panel_matmul_cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <stdexcept>

#include "encoders/kernels/instructions.h"

// Vectors wider than the baseline's are only passed between functions that are inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace lidit {

void pack_panel(const PanelRows& rows, std::int64_t depth, Bf16* panel) {
  for (std::int64_t k = 0; k < depth; k += 2, panel += 2 * kPanelWidth)
    for (std::size_t n = 0; n < rows.size(); ++n) {
      panel[2 * n] = rows[n] ? rows[n][k] : Bf16{0};
      panel[2 * n + 1] = rows[n] ? rows[n][k + 1] : Bf16{0};
    }
}

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma")
namespace {
namespace avx512_bf16 {

constexpr std::int64_t kLanes = 16;
#include "encoders/kernels/vector_math.inc"

// 12 rows of two vectors are 24 sums: enough to hide the latency of a product, and with two vectors
// of weights and one of inputs still within 32 registers.
constexpr int kRows = 12;
constexpr int kVectors = 2;

/// What sums of one row and panel become in memory.
struct Plain {
  const float* bias;
  Bf16* out;
  std::int64_t outputs;

  void operator()(std::int64_t row, std::int64_t panel, const __m512 (&sums)[kVectors]) const {
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t at = panel * kPanelWidth + v * kLanes;
      if (at >= outputs) return;
      const __m512 sum = bias ? _mm512_add_ps(sums[v], _mm512_loadu_ps(bias + at)) : sums[v];
      const auto rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(sum));
      const std::int64_t left = std::min<std::int64_t>(kLanes, outputs - at);
      _mm256_mask_storeu_epi16(out + row * outputs + at, static_cast<__mmask16>((1u << left) - 1),
                               rounded);
    }
  }
};

template <auto activation>
struct Gated {
  Bf16* out;
  std::int64_t width;

  void operator()(std::int64_t row, std::int64_t panel, const __m512 (&sums)[kVectors]) const {
    const Floats product = activation(reinterpret_cast<const Floats&>(sums[0])) *
                           reinterpret_cast<const Floats&>(sums[1]);
    const auto rounded =
        reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(reinterpret_cast<const __m512&>(product)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + row * width + panel * kLanes), rounded);
  }
};

/// `rows` rows of x from `row` on with one panel.
template <int rows, class Store>
void multiply(const Panels& weight, const Bf16* x, std::int64_t row, std::int64_t panel,
              const Store& store) {
  // One pointer for three rows: with one for each, addresses take registers that the sums need.
  const Bf16* inputs[(rows + 2) / 3];
  for (int i = 0; 3 * i < rows; ++i) inputs[i] = x + (row + 3 * i) * weight.depth;
  const Bf16* pairs = weight.data + panel * weight.depth * kPanelWidth;
  __m512 sums[rows][kVectors];
  for (int r = 0; r < rows; ++r)
    for (int v = 0; v < kVectors; ++v) sums[r][v] = _mm512_setzero_ps();
  for (std::int64_t k = 0; k < weight.depth; k += 2, pairs += 2 * kPanelWidth) {
    __m512bh columns[kVectors];
    for (int v = 0; v < kVectors; ++v)
      columns[v] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(pairs + 2 * kLanes * v));
#pragma GCC unroll 12
    for (int r = 0; r < rows; ++r) {
      int pair;
      __builtin_memcpy(&pair, inputs[r / 3] + r % 3 * weight.depth + k, sizeof pair);
      const auto repeated = reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair));
      for (int v = 0; v < kVectors; ++v)
        sums[r][v] = _mm512_dpbf16_ps(sums[r][v], columns[v], repeated);
    }
  }
  for (int r = 0; r < rows; ++r) store(row + r, panel, sums[r]);
}

/// What is left after the last whole block of rows.
template <int rows, class Store>
void multiply_rest(const Panels& weight, const Bf16* x, std::int64_t row, std::int64_t left,
                   std::int64_t panel, const Store& store) {
  if constexpr (rows > 0) {
    if (left == rows) return multiply<rows>(weight, x, row, panel, store);
    multiply_rest<rows - 1>(weight, x, row, left, panel, store);
  }
}

template <class Store>
void multiply_all(const Panels& weight, const Bf16* x, std::int64_t rows, std::int64_t first,
                  std::int64_t last, const Store& store) {
  for (std::int64_t panel = first; panel < last; ++panel) {
    std::int64_t row = 0;
    for (; row + kRows <= rows; row += kRows) multiply<kRows>(weight, x, row, panel, store);
    multiply_rest<kRows - 1>(weight, x, row, rows - row, panel, store);
  }
}

}  // namespace avx512_bf16
}  // namespace
#pragma GCC pop_options
#endif

namespace {

void require_instructions() {
  if (instructions_here() != Instructions::avx512_bf16)
    throw std::logic_error("panel products need AVX-512's bf16 products");
}

}  // namespace

void panel_matmul_cpu(const Panels& weight, const float* bias, const Bf16* x, std::int64_t rows,
                      Bf16* out, std::int64_t first, std::int64_t last) {
  require_instructions();
#if defined(__x86_64__)
  avx512_bf16::multiply_all(weight, x, rows, first, last,
                            avx512_bf16::Plain{bias, out, weight.outputs});
#endif
}

void gated_panel_matmul_cpu(bool gelu, const Panels& weight, const Bf16* x, std::int64_t rows,
                            Bf16* out, std::int64_t first, std::int64_t last) {
  require_instructions();
#if defined(__x86_64__)
  const std::int64_t width = weight.outputs / 2;
  if (gelu)
    avx512_bf16::multiply_all(weight, x, rows, first, last,
                              avx512_bf16::Gated<avx512_bf16::gelu_tanh>{out, width});
  else
    avx512_bf16::multiply_all(weight, x, rows, first, last,
                              avx512_bf16::Gated<avx512_bf16::silu>{out, width});
#endif
}

}  // namespace lidit
