// Row-wise kernels beside ATen's, at SmolLM2's and Qwen2-0.5B's widths: bytes that must be moved.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>

#include "encoders/kernels/rotary.h"
#include "encoders/kernels/row_kernels.h"

namespace lidit {
namespace {

constexpr std::int64_t kRows = 512;

/// Bytes read and written by one pass over tensors of so many values in all.
void report_values(benchmark::State& state, std::int64_t values, at::ScalarType dtype) {
  state.SetBytesProcessed(state.iterations() * values *
                          static_cast<std::int64_t>(c10::elementSize(dtype)));
}

void norm(benchmark::State& state, at::ScalarType dtype) {
  const std::int64_t width = state.range(0);
  const Tensor x = at::randn({kRows, width}).to(dtype), weight = at::randn({width}).to(dtype);
  for (auto _ : state) benchmark::DoNotOptimize(rms_norm(x, weight, 1e-5));
  report_values(state, 2 * kRows * width, dtype);
}

void norm_by_aten(benchmark::State& state, at::ScalarType dtype) {
  const std::int64_t width = state.range(0);
  const Tensor x = at::randn({kRows, width}).to(dtype), weight = at::randn({width}).to(dtype);
  for (auto _ : state) benchmark::DoNotOptimize(at::rms_norm(x, weight.sizes(), weight, 1e-5));
  report_values(state, 2 * kRows * width, dtype);
}

void gated_silu(benchmark::State& state, at::ScalarType dtype) {
  const std::int64_t hidden = state.range(0);
  const Tensor x = at::randn({kRows, 2 * hidden}).to(dtype);
  for (auto _ : state) benchmark::DoNotOptimize(gated(Activation::silu, x));
  report_values(state, 3 * kRows * hidden, dtype);
}

void gated_silu_by_aten(benchmark::State& state, at::ScalarType dtype) {
  const std::int64_t hidden = state.range(0);
  const Tensor x = at::randn({kRows, 2 * hidden}).to(dtype);
  for (auto _ : state) {
    const auto halves = x.chunk(2, -1);
    benchmark::DoNotOptimize(at::silu(halves[0]) * halves[1]);
  }
  report_values(state, 3 * kRows * hidden, dtype);
}

void rotation(benchmark::State& state, at::ScalarType dtype) {
  constexpr std::int64_t kHeads = 12, kWidth = 64;
  Tensor rows = at::randn({kRows, kHeads * kWidth}).to(dtype);
  const Tensor table = rotary_table(at::arange(kRows, at::kLong), kWidth, 1e5);
  for (auto _ : state) rotate_heads_(rows, table, kHeads);
  report_values(state, 2 * kRows * kHeads * kWidth, dtype);
}

void widths(benchmark::internal::Benchmark* bench) { bench->Arg(576)->Arg(896)->UseRealTime(); }
void hidden(benchmark::internal::Benchmark* bench) { bench->Arg(1536)->Arg(4864)->UseRealTime(); }

BENCHMARK_CAPTURE(norm, bf16, at::kBFloat16)->Apply(widths);
BENCHMARK_CAPTURE(norm_by_aten, bf16, at::kBFloat16)->Apply(widths);
BENCHMARK_CAPTURE(norm, f32, at::kFloat)->Apply(widths);
BENCHMARK_CAPTURE(norm_by_aten, f32, at::kFloat)->Apply(widths);
BENCHMARK_CAPTURE(gated_silu, bf16, at::kBFloat16)->Apply(hidden);
BENCHMARK_CAPTURE(gated_silu_by_aten, bf16, at::kBFloat16)->Apply(hidden);
BENCHMARK_CAPTURE(rotation, bf16, at::kBFloat16)->UseRealTime();

}  // namespace
}  // namespace lidit
