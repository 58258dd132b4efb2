// Headers of weight files with as many tensors, and as large a vocabulary, as published models
// have.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "encoders/weights/gguf_reader.h"
#include "encoders/weights/safetensors_reader.h"
#include "tests/support/gguf_builder.h"

namespace lidit {
namespace {

constexpr int kTensors = 300, kVocabulary = 49152;

void safetensors_header(benchmark::State& state) {
  std::string header = "{";
  for (int i = 0; i < kTensors; ++i)
    header += fmt::format(
        "{}\"model.layers.{}.self_attn.q_proj.weight\":{{\"dtype\":\"BF16\",\"shape\":[8,4],"
        "\"data_offsets\":[{},{}]}}",
        i ? "," : "", i, 64 * i, 64 * (i + 1));
  header += "}";
  const std::uint64_t size = header.size();
  const std::string file = std::string(reinterpret_cast<const char*>(&size), sizeof(size)) +
                           header + std::string(64 * kTensors, 'x');
  for (auto _ : state)
    benchmark::DoNotOptimize(parse_safetensors(std::as_bytes(std::span(file)), "bench"));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(header.size()));
}

void gguf_header(benchmark::State& state) {
  std::vector<std::string> tokens;
  std::vector<std::int32_t> types(kVocabulary, 1);
  for (int i = 0; i < kVocabulary; ++i) tokens.push_back(fmt::format("token{}", i));
  GgufBuilder file(kTensors, 3);
  file.value("general.architecture", "llama");
  file.value("tokenizer.ggml.tokens", tokens).value("tokenizer.ggml.token_type", types);
  for (std::uint64_t i = 0; i < kTensors; ++i)
    file.tensor(fmt::format("blk.{}.attn_q.weight", i), {4, 8}, 0, 128 * i);
  const std::size_t header = file.str().size();
  file.pad(32).text(std::string(128 * kTensors, 'x'));
  for (auto _ : state) benchmark::DoNotOptimize(parse_gguf(file.bytes(), "bench"));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(header));
}

BENCHMARK(safetensors_header)->Unit(benchmark::kMicrosecond);
BENCHMARK(gguf_header)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lidit
