// The tables of `lidit bench`, from records alone: equal records give equal bytes.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "results/record.h"
#include "results/table.h"

namespace lidit::throughput {

/// Sampling steps of an image in the columns "images" and "1,000 images".
inline constexpr int kSamplingSteps = 20;

struct BenchTableOptions {
  /// What an hour of this machine costs; adds the column of what 1,000 prompts or images cost.
  std::optional<double> price_per_hour{};
};

/// One table for each section that has records, in the order encoders, sampling, training,
/// refiners; rows in the order of the records. What was extrapolated, or did not reach the noise
/// that was wanted, says so in a footnote; a record that was skipped or failed is a row with its
/// reason. Costs of refiners and fusion stand beside the sampling step that they belong to, if
/// their records are there.
std::vector<Table> bench_tables(std::span<const Record> records,
                                const BenchTableOptions& options = {});

}  // namespace lidit::throughput
