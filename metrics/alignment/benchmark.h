// All benchmarks that can be scored, as one table.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/alignment/switches.h"

namespace lidit::benchmarks {

/// Which prompts are scored, by whose answers and by which version of the rules.
struct ScoreRequest {
  std::filesystem::path data;                      // what prompt_data gives
  std::optional<std::filesystem::path> prompts{};  // instead of the published ones, in their format
  std::filesystem::path judge{};
  std::vector<std::string> legacy{};  // "official", "np_num=2"
  std::vector<std::string>
      categories{};  // T2I-CompBench: those that are scored; empty: the six of 2023
  Missing missing = Missing::refuse;
};

/// One file of the layout in which a benchmark publishes its images.
struct ExpectedImage {
  std::string prompt, category, text;  // id and exact text
  std::int64_t image = 0;              // the first of the images that the file holds
  std::int64_t tiles = 1;              // 4: a 2 x 2 grid
  std::vector<std::string> files{};    // where it may be, from the folder; the first is written
};

/// Whether the official script draws image k of every prompt from the same seed.
enum class OfficialSeeds { shared, unstated };
/// Whether the overall score is a mean of a judge's yes or no (BenchmarkScore::verdicts).
enum class Verdicts { binary, graded };
/// Of what the published number of prompts is: of all of them, of each category, or of one
/// category, where all have the same prompts.
enum class Counted { whole, each_category, one_category };

struct Benchmark {
  std::string_view name;
  std::string_view scorer;  // with its version; part of every record
  std::string_view summary;
  std::string_view prompts;  // the format of --prompts; those without published prompts need it
  std::string_view judge;    // the format of the judge file
  std::span<const Switch> (*switches)();
  std::span<const SwitchPreset> (*presets)();
  BenchmarkScore (*score)(const ScoreRequest&, const Switches&);
  std::vector<ExpectedImage> (*images)(const ScoreRequest&, const Switches&);
  OfficialSeeds seeds;
  Verdicts verdicts;
  std::span<const std::int64_t>
      published;  // numbers of prompts, ascending; several of several versions
  Counted counted = Counted::whole;
};

/// Written by hand: one entry a benchmark.
std::span<const Benchmark> benchmark_table();

/// The score by the judge file of `request`, marked where its prompts are not as many as were
/// published (published_prompts.h); UserError or FileError in one sentence for whatever cannot be
/// scored.
BenchmarkScore score_benchmark(const Benchmark& benchmark, const ScoreRequest& request);
/// All images of the published layout, in the order of the prompts.
std::vector<ExpectedImage> expected_images(const Benchmark& benchmark, const ScoreRequest& request);

}  // namespace lidit::benchmarks
