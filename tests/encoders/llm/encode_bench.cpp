// Prompt encoding in tokens a second and in useful FLOPs, beside the machine's own matrix products.
//   LIDIT_HOME=... llm_benches --benchmark_enable_random_interleaving --benchmark_repetitions=7
// Weights are random: only shapes matter. Useful FLOPs are the linear
// layers of the prompts' own tokens and their attention; the prefix's own are not counted.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>

#include "encoders/llm/decoder/model.h"
#include "results/philox.h"

namespace lidit {
namespace {

const DecoderConfig& smollm2() {
  return std::ranges::find(decoder_sizes(), "smollm2-135m", &DecoderSize::name)->config;
}

const Decoder& model_of(at::ScalarType dtype) {
  const auto make = [](at::ScalarType type) {
    return Decoder(smollm2(), RandomWeights(expected_tensors(smollm2()), 1), type, at::kCPU);
  };
  static const Decoder bf16 = make(at::kBFloat16);
  if (dtype == at::kBFloat16) return bf16;
  static const Decoder f32 = make(at::kFloat);
  return f32;
}

/// Log-normal lengths of real prompts: short captions about 14 tokens, dense about 65.
TokenBatch prompts_about(double median, double spread, std::int64_t least, std::int64_t most,
                         std::int64_t tokens) {
  Philox draws(0, "lengths");
  std::vector<std::int64_t> offsets{0};
  while (offsets.back() < tokens) {
    const auto length = std::clamp(
        static_cast<std::int64_t>(std::lround(median * std::exp(spread * draws.normal()))), least,
        most);
    offsets.push_back(std::min(tokens, offsets.back() + length));
  }
  const Tensor ids = at::empty({tokens}, at::kLong);
  for (std::int64_t i = 0; i < tokens; ++i)
    ids[i] =
        static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(smollm2().vocabulary)));
  return {ids, at::tensor(offsets, at::kLong)};
}

double useful_flops(const TokenBatch& batch, std::int64_t prefix, std::int64_t blocks) {
  const DecoderConfig& c = smollm2();
  const double linear =
      2.0 * (c.width * c.head_width * (2 * c.heads + 2 * c.kv_heads) + 3 * c.width * c.hidden);
  const Tensor n = batch.offsets.diff().to(at::kDouble);
  const double pairs = (n * static_cast<double>(prefix) + n * (n + 1) / 2).sum().item<double>();
  return static_cast<double>(blocks) *
         (linear * static_cast<double>(batch.ids.numel()) + 4.0 * c.heads * c.head_width * pairs);
}

void encode(benchmark::State& state, at::ScalarType dtype, std::int64_t prefix_length, bool dense) {
  const Decoder& model = model_of(dtype);
  const TokenBatch batch =
      dense ? prompts_about(65, .35, 30, 200, 512) : prompts_about(24, .4, 8, 60, 512);
  const std::vector<std::int64_t> layers{model.shape().depth - 2};
  const EncodedPrefix prefix = model.encode_prefix(at::arange(prefix_length, at::kLong), layers);
  for (auto _ : state) benchmark::DoNotOptimize(model.encode_packed(batch, layers, prefix));
  state.SetItemsProcessed(state.iterations() * batch.ids.numel());
  state.counters["GFLOP/s"] =
      benchmark::Counter(useful_flops(batch, prefix_length, layers[0]) / 1e9,
                         benchmark::Counter::kIsIterationInvariantRate);
  state.counters["threads"] = at::get_num_threads();
}

/// The four matrix products of a block over 512 tokens: the rate that encoding is a share of.
void matrix_products(benchmark::State& state, at::ScalarType dtype) {
  const DecoderConfig& c = smollm2();
  const std::int64_t rows = 512, q = c.heads * c.head_width, kv = c.kv_heads * c.head_width;
  const std::vector<std::pair<std::int64_t, std::int64_t>> shapes{
      {c.width, q + 2 * kv}, {q, c.width}, {c.width, 2 * c.hidden}, {c.hidden, c.width}};
  std::vector<std::pair<Tensor, Tensor>> products;
  double flops = 0;
  for (const auto& [in, out] : shapes) {
    products.emplace_back(at::randn({rows, in}).to(dtype), at::randn({out, in}).to(dtype));
    flops += 2.0 * static_cast<double>(rows * in * out);
  }
  for (auto _ : state)
    for (const auto& [x, weight] : products) benchmark::DoNotOptimize(at::linear(x, weight));
  state.counters["GFLOP/s"] =
      benchmark::Counter(flops / 1e9, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK_CAPTURE(matrix_products, bf16, at::kBFloat16)->UseRealTime();
BENCHMARK_CAPTURE(matrix_products, f32, at::kFloat)->UseRealTime();
BENCHMARK_CAPTURE(encode, bf16_short, at::kBFloat16, 1, false)->UseRealTime();
BENCHMARK_CAPTURE(encode, bf16_short_instruction, at::kBFloat16, 27, false)->UseRealTime();
BENCHMARK_CAPTURE(encode, bf16_dense, at::kBFloat16, 1, true)->UseRealTime();
BENCHMARK_CAPTURE(encode, bf16_dense_instruction, at::kBFloat16, 27, true)->UseRealTime();
BENCHMARK_CAPTURE(encode, f32_dense_instruction, at::kFloat, 27, true)->UseRealTime();

}  // namespace
}  // namespace lidit
