// Whether all published prompts are scored: files of prompts that users bring may be cut short.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metrics/alignment/benchmark.h"

namespace lidit::benchmarks {

/// How many prompts are asked for, and how many were published.
struct PromptCount {
  std::string category;  // empty where the whole set is counted
  std::int64_t prompts = 0, published = 0;
};

/// By `benchmark.counted`: one of the whole set, or one of each category among `images`, by name.
/// Where several numbers were published it is the least that is not below what is asked for.
std::vector<PromptCount> count_prompts(const Benchmark& benchmark,
                                       std::span<const ExpectedImage> images);

/// "10 of the 553 published prompts", "600 prompts where 553 were published"; empty where every
/// number is the published one.
std::string describe_partial(std::span<const PromptCount> counts);

/// Marks a score of fewer or more prompts than were published: BenchmarkScore::partial, and a note.
void mark_partial(BenchmarkScore& score, std::span<const PromptCount> counts);

}  // namespace lidit::benchmarks
