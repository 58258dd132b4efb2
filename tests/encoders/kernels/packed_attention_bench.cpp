// Packed attention against scaled_dot_product_attention, segment by segment, at SmolLM2's shape.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>

#include "encoders/kernels/packed_attention.h"

namespace lidit {
namespace {

constexpr std::int64_t kHeads = 9, kKeyHeads = 3, kWidth = 64;

struct Inputs {
  Tensor query, key, value, offsets;
  KeyValue prefix;
  double flops = 0;

  Inputs(std::int64_t length, std::int64_t prefix_length, at::ScalarType dtype) {
    const std::int64_t segments = 512 / length, rows = segments * length;
    const Tensor all = at::randn({rows, kHeads + 2 * kKeyHeads, kWidth}).to(dtype);
    query = all.narrow(1, 0, kHeads);
    key = all.narrow(1, kHeads, kKeyHeads);
    value = all.narrow(1, kHeads + kKeyHeads, kKeyHeads);
    offsets = at::arange(segments + 1, at::kLong) * length;
    prefix = {at::randn({prefix_length, kKeyHeads, kWidth}).to(dtype),
              at::randn({prefix_length, kKeyHeads, kWidth}).to(dtype)};
    flops = 4.0 * kHeads * kWidth * static_cast<double>(segments) *
            static_cast<double>(length * prefix_length + length * (length + 1) / 2);
  }
};

void report(benchmark::State& state, const Inputs& in) {
  state.counters["GFLOP/s"] =
      benchmark::Counter(in.flops / 1e9, benchmark::Counter::kIsIterationInvariantRate);
}

void packed(benchmark::State& state, at::ScalarType dtype) {
  const Inputs in(state.range(0), state.range(1), dtype);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        packed_attention(in.query, in.key, in.value, in.offsets, in.prefix, {.causal = true}));
  report(state, in);
}

/// All segments have one length, so ATen gets them as one batch: its best case.
void scaled_dot_product(benchmark::State& state, at::ScalarType dtype) {
  const std::int64_t length = state.range(0), prefix = state.range(1);
  const Inputs in(length, prefix, dtype);
  const std::int64_t segments = in.offsets.numel() - 1;
  const auto heads_first = [&](const Tensor& rows) {
    return rows.reshape({segments, length, -1, kWidth}).transpose(1, 2);
  };
  const auto with_prefix = [&](const Tensor& before, const Tensor& rows) {
    return at::cat(
        {before.transpose(0, 1).unsqueeze(0).expand({segments, -1, -1, -1}), heads_first(rows)}, 2);
  };
  const Tensor seen = at::ones({length, prefix + length}, at::kBool).tril(prefix);
  for (auto _ : state)
    benchmark::DoNotOptimize(at::scaled_dot_product_attention(
        heads_first(in.query), with_prefix(in.prefix.key, in.key),
        with_prefix(in.prefix.value, in.value), seen, 0.0, false, std::nullopt, true));
  report(state, in);
}

void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"length", "prefix"})
      ->Args({24, 27})
      ->Args({64, 1})
      ->Args({64, 27})
      ->Args({512, 0});
  bench->UseRealTime();
}

BENCHMARK_CAPTURE(packed, bf16, at::kBFloat16)->Apply(shapes);
BENCHMARK_CAPTURE(scaled_dot_product, bf16, at::kBFloat16)->Apply(shapes);
BENCHMARK_CAPTURE(packed, f32, at::kFloat)->Apply(shapes);
BENCHMARK_CAPTURE(scaled_dot_product, f32, at::kFloat)->Apply(shapes);

}  // namespace
}  // namespace lidit
