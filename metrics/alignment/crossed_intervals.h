// Intervals of scores whose images share their seeds: other seeds may move all prompts together,
// which an error over prompts leaves out.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "metrics/alignment/benchmark_score.h"

namespace lidit::benchmarks {

/// Resamples prompts (within the categories of a macro mean) and seeds independently (the
/// pigeonhole bootstrap, kResamples with seed 0): the percentile interval of the mean and its
/// standard error. `values` in the order prompt * seeds + seed, `categories` of each prompt.
/// Nothing where all values are alike, a category has one prompt, or there is one seed.
std::optional<CrossedInterval> crossed_interval(std::span<const double> values,
                                                std::span<const std::int64_t> categories,
                                                std::int64_t seeds);

/// Gives it to the aggregates that are means of images: overall, categories, "correct_images".
/// Image k of every prompt has to be from the same seed. What is no such mean, and what lacks an
/// image, is left as it is.
void add_crossed_intervals(BenchmarkScore& score);

}  // namespace lidit::benchmarks
