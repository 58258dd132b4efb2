// Estimates of several rows side by side: as a probe's table, as curves, as plain numbers.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/probes/inference.h"
#include "results/figures.h"
#include "results/table.h"

namespace lidit::probes {

/// One row: an encoder, a trained cell.
struct EstimatedRow {
  std::string_view label;
  std::span<const Estimate> estimates;
};

/// A probe's table, a row for each; `row_title` says what they are.
Table estimate_table(const ProbeLabel& probe, std::int64_t slots, std::string_view row_title,
                     std::span<const EstimatedRow> rows);

/// A curve through the measures `name(x)` of one row; points that no set has are left out.
Curve estimate_curve(const EstimatedRow& row, std::string_view probe, const std::vector<double>& xs,
                     const std::function<std::string(double)>& name);
/// 1, 2, ..., `slots`.
std::vector<double> slot_numbers(std::int64_t slots);

/// Every estimate, one a row.
Table estimate_numbers(std::span<const EstimatedRow> rows);
/// The values of every set, a line an estimate.
std::string sets_as_json_lines(std::span<const EstimatedRow> rows);

}  // namespace lidit::probes
