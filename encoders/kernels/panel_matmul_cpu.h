// Products with a constant bf16 matrix on plain pointers: by AVX-512's products of bf16 pairs, or
// in fp32 by AVX2, with the weights widened in registers.
#pragma once
#include <array>
#include <cstdint>

#include "encoders/kernels/bf16.h"
#include "encoders/kernels/instructions.h"

namespace lidit {

/// Outputs of one panel: two vectors of 16 sums.
inline constexpr std::int64_t kPanelWidth = 32;

/// A matrix (outputs,depth) as panels of kPanelWidth outputs, the last one filled with zeros; in a
/// panel the pairs of inputs follow one another, each with all outputs side by side:
/// (panels, depth/2, kPanelWidth, 2), which is the order of reading.
struct Panels {
  const Bf16* data;
  std::int64_t outputs, depth;  // depth is even
  std::int64_t count() const { return (outputs + kPanelWidth - 1) / kPanelWidth; }
};

/// The weights of each output of a panel; nullptr is a row of zeros.
using PanelRows = std::array<const Bf16*, kPanelWidth>;

/// `rows` of `depth` weights to `panel` (depth/2, kPanelWidth, 2).
void pack_panel(const PanelRows& rows, std::int64_t depth, Bf16* panel);

/// Whether there are panel products of these instructions: avx512_bf16 and avx2. (oneDNN has its
/// own on AVX-512 without products of bf16.)
bool has_panel_kernel(Instructions instructions);

/// The part of out (rows,outputs) = x (rows,depth) W' + bias that the panels first..last-1 give.
/// bias: (panels * kPanelWidth) or nullptr. Sums are fp32 and rounded once.
void panel_matmul_cpu(Instructions instructions, const Panels& weight, const float* bias,
                      const Bf16* x, std::int64_t rows, Bf16* out, std::int64_t first,
                      std::int64_t last);

/// The same of out (rows,outputs/2) = activation(gate) * up, where every panel is 16 gates and
/// their 16 ups. `outputs` is a multiple of kPanelWidth. The activation is SiLU, or GELU by its
/// tanh formula.
void gated_panel_matmul_cpu(Instructions instructions, bool gelu, const Panels& weight,
                            const Bf16* x, std::int64_t rows, Bf16* out, std::int64_t first,
                            std::int64_t last);

}  // namespace lidit
