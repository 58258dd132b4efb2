// Preferences as a score: win rate, its interval, agreement of raters.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "metrics/human/preferences.h"
#include "results/record.h"
#include "results/table.h"

namespace lidit::human {

/// The scorer's version, part of every record.
inline constexpr std::string_view kHumanScorer = "human-v1";

/// A record of the first system against the second: the win rate, ties as
/// halves, with the error clustered by prompt and rater; the sign test over prompts; Krippendorff's
/// alpha. What cannot be computed has a reason. `context` is provenance.
Record comparison_record(const ComparisonKey& key, const Preferences& preferences, Fields context);

/// The raw rows of that record: a line a judgement.
std::vector<Fields> comparison_rows(const ComparisonKey& key, const Preferences& preferences);

/// The same as a table of one row, with the interval.
Table comparison_table(const ComparisonKey& key, const Preferences& preferences);

}  // namespace lidit::human
