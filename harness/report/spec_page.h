// The page of a spec: its tables, bars, learning curves and images.
#pragma once
#include <string>

#include "ablations/ablation_spec.h"
#include "harness/report/spec_results.h"
#include "results/report.h"
#include "results/table.h"

namespace lidit {

/// Binding by position in the caption, at a fixed number of objects: one row per row of the spec.
/// Empty when no record has the split.
Table position_table(const SpecResults& results, const std::string& split);

/// The rows with a trained encoder strategy, the best binding on the split first.
std::vector<const RowResults*> strongest_rows(const SpecResults& results, const std::string& split);

/// Prompts of the split that failed: what was asked, wanted and found. One of each of the `count`
/// strongest rows, first seed, no prompt twice.
Table failure_table(const SpecResults& results, const std::string& split, std::size_t count);

/// Everything that the records of the spec show, as one HTML page.
std::string spec_page(const AblationSpec& spec, const SpecResults& results,
                      std::span<const Table> more_tables = {});

}  // namespace lidit
