// Bytes of prompt sets and judge files read a second on one core: the published files that come
// with the program, and the synthetic judge files of the tests, repeated to the length of real
// ones.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "ablations/ablation_spec.h"
#include "metrics/judges/compbench_answers.h"
#include "metrics/judges/geneval_results.h"
#include "metrics/judges/question_answers.h"
#include "metrics/prompts/compbench_prompts.h"
#include "metrics/prompts/csv.h"
#include "metrics/prompts/genai_prompts.h"
#include "metrics/prompts/geneval_prompts.h"
#include "metrics/prompts/question_graph.h"
#include "metrics/prompts/text_file.h"
#include "results/image_file.h"
#include "tests/ablations/example_schema.h"

namespace lidit::benchmarks {
namespace {

namespace fs = std::filesystem;

const fs::path kPrompts = fs::path(LIDIT_SOURCE_DIR) / "metrics" / "prompts";
const fs::path kGolden = fs::path(LIDIT_SOURCE_DIR) / "tests" / "golden";

/// `parse` takes a whole text and says how many records it found.
template <class Parse>
void read_records(benchmark::State& state, const std::string& text, const Parse& parse) {
  std::int64_t records = 0;
  for (auto _ : state) records += std::ssize(parse(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.SetItemsProcessed(records);
}

/// The judge file, without claims, `times` times: the parsers do not ask whether an image comes
/// twice.
std::string judgements(const char* name, int times) {
  std::string lines = read_text(kGolden / "judges" / name);
  lines.resize(std::min(lines.size(), lines.find("{\"claimed\"")));
  std::string text;
  for (int i = 0; i < times; ++i) text += lines;
  return text;
}

void csv(benchmark::State& state) {
  read_records(state, read_text(kPrompts / "dsg-1k" / "dsg-1k-anns.csv"),
               [](const std::string& text) { return parse_csv(text, "bench").rows; });
}

void tsv(benchmark::State& state) {
  read_records(state, read_text(kPrompts / "partiprompts" / "PartiPrompts.tsv"),
               [](const std::string& text) { return parse_tsv(text, "bench").rows; });
}

void question_graph(benchmark::State& state) {
  read_records(state, read_text(kPrompts / "dsg-1k" / "dsg-1k-anns.csv"),
               [](const std::string& text) { return parse_question_graph(text, "bench").items; });
}

void geneval_prompts(benchmark::State& state) {
  read_records(state, read_text(kPrompts / "geneval" / "evaluation_metadata.jsonl"),
               [](const std::string& text) { return parse_geneval(text, "bench"); });
}

void compbench_prompts(benchmark::State& state) {
  read_records(state, read_text(kPrompts / "t2i-compbench" / "complex_val.txt"),
               [](const std::string& text) { return parse_compbench(text, "bench"); });
}

void genai_ratings(benchmark::State& state) {
  read_records(state, read_text(kPrompts / "genai-bench" / "genai_image_527.json"),
               [](const std::string& text) { return parse_genai(text, "bench").prompts; });
}

void geneval_results(benchmark::State& state) {
  read_records(state, judgements("geneval.judge.jsonl", 31),  // about the 2,212 images
               [](const std::string& text) { return parse_geneval_results(text, "b").results; });
}

void compbench_answers(benchmark::State& state) {
  read_records(state, judgements("compbench.judge.jsonl", 100),  // 3,000 images of 4 categories
               [](const std::string& text) { return parse_compbench_answers(text, "b").answers; });
}

void graph_answers(benchmark::State& state) {
  read_records(state, judgements("dpg.judge.jsonl", 213),  // 4,260 tiles
               [](const std::string& text) { return parse_graph_answers(text, "b").images; });
}

constexpr const char* kSpec = R"(
name = "strategies"
title = "Four strategies"
seeds = [0, 1]
[set]
train.steps = 100
[[row]]
label = "raw"
[[row]]
label = "fusion"
strategy = "multi-llm-fusion"
encoder.0.layer = -1
[table]
columns = ["loss", {measurement = "heldout.binding", label = "held out", digits = 3}]
reference = "raw"
)";

/// TOML, checked against a schema, and its cells.
void spec(benchmark::State& state) {
  const Schema schema = example_schema();
  const std::string text = kSpec;
  const auto read = [&](const fs::path&) { return text; };
  for (auto _ : state) benchmark::DoNotOptimize(load_spec("bench.toml", schema, {}, read));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

/// Pixels of a small picture, as of every image that is scored.
void picture(benchmark::State& state, const char* name) {
  std::ifstream file(kGolden / "images" / name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) return state.SkipWithError("no such picture");
  for (auto _ : state) benchmark::DoNotOptimize(decode_image(bytes, "bench"));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

BENCHMARK(csv)->Unit(benchmark::kMillisecond);
BENCHMARK(tsv)->Unit(benchmark::kMillisecond);
BENCHMARK(question_graph)->Unit(benchmark::kMillisecond);
BENCHMARK(geneval_prompts)->Unit(benchmark::kMillisecond);
BENCHMARK(compbench_prompts)->Unit(benchmark::kMicrosecond);
BENCHMARK(genai_ratings)->Unit(benchmark::kMillisecond);
BENCHMARK(geneval_results)->Unit(benchmark::kMillisecond);
BENCHMARK(compbench_answers)->Unit(benchmark::kMillisecond);
BENCHMARK(graph_answers)->Unit(benchmark::kMillisecond);
BENCHMARK(spec)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(picture, png, "full_colour.png")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(picture, jpeg, "baseline.jpg")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lidit::benchmarks
