// The records of two rows, side by side by their seeds.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/spec_results.h"

namespace lidit {

/// The records of two rows with the same seed, and their raw rows.
struct RecordPair {
  const Record *a, *b;  // of the rows that were paired
  std::vector<Fields> prompts_a, prompts_b;
};
std::vector<RecordPair> pair_records(const RowResults& row, const RowResults& other);

/// Why a measurement of these records may not be compared (results/comparability.h); nothing where
/// it may.
std::optional<std::string> why_refused(const std::vector<RecordPair>& pairs,
                                       std::string_view measurement);

/// The interval of the difference of these very runs, over structures and prompts, where the raw
/// rows of both have the measurement's score.
std::optional<Interval> interval_of_runs(const std::vector<RecordPair>& pairs,
                                         std::string_view measurement);

}  // namespace lidit
