// The records of a spec, row by row: what every table and figure is made from.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ablations/ablation_spec.h"
#include "harness/home.h"
#include "results/comparison.h"
#include "results/record.h"
#include "results/statistics.h"

namespace lidit {

/// One row of the spec: its records by seed.
struct RowResults {
  std::string label;
  std::vector<Record> records;                 // those that are done, in the order of seeds, with
                                               // derived_measurements.h
  std::vector<std::filesystem::path> folders;  // of `records`
  std::vector<std::string> missing;            // why other cells have no record: one line each

  /// The values of a measurement, by record; empty where no record has it.
  std::vector<double> values(std::string_view measurement) const;
  /// Why some records have the measurement without a value; nothing where all have one or none.
  std::optional<std::string> why_missing(std::string_view measurement) const;
  /// The same by seed.
  std::map<std::int64_t, double> values_by_seed(std::string_view measurement) const;
};

struct SpecResults {
  std::vector<RowResults> rows;  // in the order of the spec
  const RowResults* find(std::string_view label) const;
};

/// Looks every cell of the spec up in the store. A record that is broken is a FileError.
SpecResults collect_results(const AblationSpec& spec, const Home& home);

/// From so many seeds on an interval by t says something.
inline constexpr std::size_t kSeedsOfAnInterval = kPairsOfAnInterval;

/// Scores of the seeds that both rows have; none where a seed of either has no value for a reason.
PairedScores pair_by_seed(const RowResults& row, const RowResults& other,
                          std::string_view measurement, std::optional<double> margin);

/// Mean over seeds with its t interval; of two seeds the interval runs from the lower to the
/// higher; with one it is a bootstrap over structures and prompts of the raw rows, where the
/// measurement is a mean over a split's prompts: binding, binding by position, metrics.NAME.
struct Estimate {
  double mean;
  std::optional<Interval> interval;
  bool is_range = false;  // the interval is from too few seeds to be an error bar
};
std::optional<Estimate> estimate(const RowResults& row, std::string_view measurement);

}  // namespace lidit
