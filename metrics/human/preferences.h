// What raters said on the page of a comparison.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/human/comparison_page.h"
#include "results/statistics/win_rate.h"

namespace lidit::human {

struct Preferences {
  /// Of the first system over the second; prompts are numbered as the pairs of the key, raters as
  /// below.
  std::vector<Judgement> judgements;
  std::vector<std::string> raters;
  std::vector<std::string> unjudged;  // pairs about which nobody said anything
};

/// Reads the CSV files that the page saves: page, rater, pair, choice (left, right or tie) and
/// seconds. FileError naming file and line for answers of another page, for unknown pairs and
/// choices, for a rater without name, and for a pair that one rater judges twice.
Preferences read_preferences(const ComparisonKey& key,
                             std::span<const std::filesystem::path> files);

}  // namespace lidit::human
