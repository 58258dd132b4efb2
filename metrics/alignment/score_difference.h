// Two systems on the same prompts of a benchmark: how far they are apart, and whether by chance.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/alignment/benchmark_score.h"
#include "results/statistics/interval.h"

namespace lidit::benchmarks {

/// a - b, of the prompts that both have scores of.
struct ScoreDifference {
  double difference = 0;               // of the overall scores
  std::optional<Interval> interval{};  // 95 %, by t on prompts; none without spread
  double p = 1;                        // two-sided
  std::string test{};                  // that p is of
  std::int64_t prompts = 0;
};

/// From the raw rows of two records (rows_of): the unit is the prompt, with the mean of its images.
/// `parts` are the categories that count alike in the overall score (BenchmarkScore::parts); none:
/// all prompts do. p is McNemar's, exact, where every prompt has one image that is right or wrong,
/// else by flipping the signs of prompts, within parts. Nothing where fewer than two prompts are
/// shared, or only one of some part.
std::optional<ScoreDifference> score_difference(std::span<const Fields> a,
                                                std::span<const Fields> b,
                                                std::span<const std::string> parts);

/// Its parts of a sentence for each of a family, with Holm's p where there are several:
/// "+3.1 points [0.4, 5.8] over 553 prompts, p = 0.021 (sign flips)".
std::vector<std::string> describe(std::span<const ScoreDifference> family);

}  // namespace lidit::benchmarks
