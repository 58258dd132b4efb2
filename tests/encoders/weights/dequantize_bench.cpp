// Dequantisation to fp32 of every storage type: bytes of the result a second, on one core.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "encoders/weights/storage_type.h"
#include "results/philox.h"

namespace lidit {
namespace {

constexpr std::int64_t kValues = 1 << 20;

/// Blocks of random bits; what a scale says does not change the work.
std::vector<std::byte> random_blocks(const StorageLayout& layout) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(kValues / layout.block * layout.bytes));
  Philox draws(0, layout.name);
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    const std::uint32_t bits = draws.next();
    std::memcpy(bytes.data() + at, &bits, 4);
  }
  return bytes;
}

void dequantisation(benchmark::State& state, StorageType type) {
  const std::vector<std::byte> data = random_blocks(layout_of(type));
  const TensorView view{"w", type, {kValues}, data};
  std::vector<float> out(kValues);
  for (auto _ : state) {
    dequantize(view, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * kValues * static_cast<std::int64_t>(sizeof(float)));
}

BENCHMARK_CAPTURE(dequantisation, bf16, StorageType::bf16);
BENCHMARK_CAPTURE(dequantisation, f16, StorageType::f16);
BENCHMARK_CAPTURE(dequantisation, q8_0, StorageType::q8_0);
BENCHMARK_CAPTURE(dequantisation, q4_0, StorageType::q4_0);
BENCHMARK_CAPTURE(dequantisation, q4_1, StorageType::q4_1);
BENCHMARK_CAPTURE(dequantisation, q5_0, StorageType::q5_0);
BENCHMARK_CAPTURE(dequantisation, q5_1, StorageType::q5_1);
BENCHMARK_CAPTURE(dequantisation, q4_k, StorageType::q4_k);
BENCHMARK_CAPTURE(dequantisation, q5_k, StorageType::q5_k);
BENCHMARK_CAPTURE(dequantisation, q6_k, StorageType::q6_k);

}  // namespace
}  // namespace lidit
