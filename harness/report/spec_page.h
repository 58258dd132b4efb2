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

/// Rows with more than one object wrong: what was asked, wanted and found. At most one per row of
/// the spec and `count` in all; from the first seed.
Table failure_table(const SpecResults& results, const std::string& split, std::size_t count);

/// Everything that the records of the spec show, as one HTML page.
std::string spec_page(const AblationSpec& spec, const SpecResults& results,
                      std::span<const Table> more_tables = {});

}  // namespace lidit
