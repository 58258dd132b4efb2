// Do two specs put the rows that they share in the same order: `lidit table SPEC --ranks OTHER`.
#pragma once
#include "ablations/ablation_spec.h"
#include "harness/report/spec_results.h"
#include "results/table.h"

namespace lidit {

/// One line per row that both specs have and that was trained in both, with the means of the first
/// column of `spec` in each; Kendall's tau between them in a note, over rows, with its exact p
/// where no two rows are equal. A readout (backbone.readout) is compared with trained cells so.
/// UserError when fewer than two rows can be compared.
Table rank_table(const AblationSpec& spec, const SpecResults& results, const AblationSpec& other,
                 const SpecResults& other_results);

}  // namespace lidit
