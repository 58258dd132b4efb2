// The table of a spec: its rows, the columns it asks for, what the numbers come from.
#pragma once
#include "ablations/ablation_spec.h"
#include "harness/report/spec_results.h"
#include "results/table.h"

namespace lidit {

/// Mean and interval per row and column; against the spec's reference row also the paired
/// difference by seeds with Holm-adjusted p, for the first column. The caption says the world, the
/// models and the number of seeds; one seed makes no claim, fewer than five say so.
Table comparison_table(const AblationSpec& spec, const SpecResults& results);

/// "drawn world quick; smollm2-135m-instruct, all-minilm-l6-v2; 2 seeds; ..."
std::string origin(const AblationSpec& spec, const SpecResults& results);

/// Removes the columns of seconds and of rates, which differ from run to run.
void drop_timings(Table& table);

}  // namespace lidit
