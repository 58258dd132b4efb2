#include "encoders/kernels/panel_matmul_cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <stdexcept>
#include <vector>

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

namespace {

/// What is left after the last whole block of rows.
template <int rows, class Product>
void multiply_rest(const Product& product, std::int64_t row, std::int64_t left,
                   std::int64_t panel) {
  if constexpr (rows > 0) {
    if (left == rows) return product.template multiply<rows>(row, panel);
    multiply_rest<rows - 1>(product, row, left, panel);
  }
}

/// All rows with the panels first..last-1, in blocks of Product::kRows.
template <class Product>
void multiply_all(const Product& product, std::int64_t rows, std::int64_t first,
                  std::int64_t last) {
  constexpr int kRows = Product::kRows;
  for (std::int64_t panel = first; panel < last; ++panel) {
    std::int64_t row = 0;
    for (; row + kRows <= rows; row += kRows) product.template multiply<kRows>(row, panel);
    multiply_rest<kRows - 1>(product, row, rows - row, panel);
  }
}

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma")
namespace avx512_bf16 {

constexpr std::int64_t kLanes = 16;
#include "encoders/kernels/vector_math.inc"

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

template <class Store>
struct Product {
  // 12 rows of two vectors are 24 sums: enough to hide the latency of a product, and with two
  // vectors of weights and one of inputs still within 32 registers.
  static constexpr int kRows = 12;
  const Panels& weight;
  const Bf16* x;
  const Store& store;

  /// `rows` rows of x from `row` on with one panel.
  template <int rows>
  void multiply(std::int64_t row, std::int64_t panel) const {
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
};

template <class Store>
void run(const Panels& weight, const Bf16* x, std::int64_t rows, std::int64_t first,
         std::int64_t last, const Store& store) {
  multiply_all(Product<Store>{weight, x, store}, rows, first, last);
}

}  // namespace avx512_bf16
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {

constexpr std::int64_t kLanes = 8;
#include "encoders/kernels/vector_math.inc"

constexpr std::int64_t kHalf = kPanelWidth / 2;
constexpr int kVectors = 2;

/// What sums of one row become in memory: those of a panel's outputs from `half` and from
/// kHalf + half on.
struct Plain {
  const float* bias;
  Bf16* out;
  std::int64_t outputs;

  [[gnu::always_inline]] void operator()(std::int64_t row, std::int64_t panel, std::int64_t half,
                                         __m256 left, __m256 right) const {
    const __m256 sums[] = {left, right};
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t at = panel * kPanelWidth + v * kHalf + half;
      if (at >= outputs) return;
      const __m256 sum = bias ? _mm256_add_ps(sums[v], _mm256_loadu_ps(bias + at)) : sums[v];
      const auto& floats = reinterpret_cast<const Floats&>(sum);
      Bf16* place = out + row * outputs + at;
      if (outputs - at >= kLanes) {
        store_floats(place, floats);
      } else {
        Bf16 rounded[kLanes];
        store_floats(rounded, floats);
        std::copy_n(rounded, outputs - at, place);
      }
    }
  }
};

template <auto activation>
struct Gated {
  Bf16* out;
  std::int64_t width;

  [[gnu::always_inline]] void operator()(std::int64_t row, std::int64_t panel, std::int64_t half,
                                         __m256 gate, __m256 up) const {
    store_floats(
        out + row * width + panel * kHalf + half,
        activation(reinterpret_cast<const Floats&>(gate)) * reinterpret_cast<const Floats&>(up));
  }
};

/// The first or the second values of kLanes pairs. Shifts need no register for a mask.
template <int of_pair>
[[gnu::always_inline]] inline __m256 widened(const Bf16* pairs) {
  const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(pairs));
  const __m256i first = of_pair == 0 ? words : _mm256_srli_epi32(words, 16);
  return _mm256_castsi256_ps(_mm256_slli_epi32(first, 16));
}

/// x in fp32, because there are no products of bf16; weights are widened in registers.
template <class Store>
struct Product {
  static constexpr int kRows = 6;  // 12 sums, two vectors of weights, one of inputs: 16 registers
  const Panels& weight;
  const float* x;
  std::int64_t row_of_x;
  const Store& store;

  template <int rows>
  [[gnu::always_inline]] void add(__m256 (&sums)[rows][kVectors], __m256 a, __m256 b,
                                  const float* const (&inputs)[(rows + 2) / 3],
                                  std::int64_t k) const {
#pragma GCC unroll 6
    for (int r = 0; r < rows; ++r) {
      const __m256 repeated = _mm256_broadcast_ss(inputs[r / 3] + r % 3 * weight.depth + k);
      sums[r][0] = _mm256_fmadd_ps(a, repeated, sums[r][0]);
      sums[r][1] = _mm256_fmadd_ps(b, repeated, sums[r][1]);
    }
  }

  template <int rows>
  void multiply(std::int64_t row, std::int64_t panel) const {
    const std::int64_t depth = weight.depth;
    const float* inputs[(rows + 2) / 3];
    for (int i = 0; 3 * i < rows; ++i) inputs[i] = x + (row + 3 * i) * depth;
    for (std::int64_t half = 0; half < kHalf; half += kLanes) {
      const Bf16* pairs = weight.data + panel * depth * kPanelWidth + 2 * half;
      __m256 sums[rows][kVectors];
#pragma GCC unroll 6
      for (int r = 0; r < rows; ++r) sums[r][0] = sums[r][1] = _mm256_setzero_ps();
      for (std::int64_t k = 0; k < depth; k += 2, pairs += 2 * kPanelWidth) {
        add(sums, widened<0>(pairs), widened<0>(pairs + 2 * kHalf), inputs, k);
        add(sums, widened<1>(pairs), widened<1>(pairs + 2 * kHalf), inputs, k + 1);
      }
#pragma GCC unroll 6
      for (int r = 0; r < rows; ++r) store(row_of_x + row + r, panel, half, sums[r][0], sums[r][1]);
    }
  }
};

/// Rows in parts whose fp32 copy stays in the second cache while all panels pass by.
template <class Store>
void run(const Panels& weight, const Bf16* x, std::int64_t rows, std::int64_t first,
         std::int64_t last, const Store& store) {
  constexpr std::int64_t kFloatsOfPart = 1 << 16, kRows = Product<Store>::kRows;
  const std::int64_t part = std::max(kFloatsOfPart / weight.depth / kRows, std::int64_t{1}) * kRows;
  thread_local std::vector<float> wide;
  for (std::int64_t row = 0; row < rows; row += part) {
    const std::int64_t count = std::min(part, rows - row), size = count * weight.depth;
    wide.resize(static_cast<std::size_t>(size));
    std::transform(x + row * weight.depth, x + row * weight.depth + size, wide.begin(), widen);
    multiply_all(Product<Store>{weight, wide.data(), row, store}, count, first, last);
  }
}

}  // namespace avx2
#pragma GCC pop_options
#endif

void require(Instructions instructions) {
  if (!has_panel_kernel(instructions) || instructions > instructions_here())
    throw std::logic_error("this machine has no panel products of the wanted instructions");
}

}  // namespace

bool has_panel_kernel(Instructions instructions) {
#if defined(__x86_64__)
  return instructions == Instructions::avx512_bf16 || instructions == Instructions::avx2;
#else
  static_cast<void>(instructions);
  return false;
#endif
}

void panel_matmul_cpu(Instructions instructions, const Panels& weight, const float* bias,
                      const Bf16* x, std::int64_t rows, Bf16* out, std::int64_t first,
                      std::int64_t last) {
  require(instructions);
#if defined(__x86_64__)
  if (instructions == Instructions::avx512_bf16)
    avx512_bf16::run(weight, x, rows, first, last, avx512_bf16::Plain{bias, out, weight.outputs});
  else
    avx2::run(weight, x, rows, first, last, avx2::Plain{bias, out, weight.outputs});
#endif
}

void gated_panel_matmul_cpu(Instructions instructions, bool gelu, const Panels& weight,
                            const Bf16* x, std::int64_t rows, Bf16* out, std::int64_t first,
                            std::int64_t last) {
  require(instructions);
#if defined(__x86_64__)
  const std::int64_t width = weight.outputs / 2;
  if (instructions == Instructions::avx512_bf16) {
    if (gelu)
      avx512_bf16::run(weight, x, rows, first, last,
                       avx512_bf16::Gated<avx512_bf16::gelu_tanh>{out, width});
    else
      avx512_bf16::run(weight, x, rows, first, last,
                       avx512_bf16::Gated<avx512_bf16::silu>{out, width});
  } else {
    if (gelu)
      avx2::run(weight, x, rows, first, last, avx2::Gated<avx2::gelu_tanh>{out, width});
    else
      avx2::run(weight, x, rows, first, last, avx2::Gated<avx2::silu>{out, width});
  }
#endif
}

}  // namespace lidit
