// The table of a spec: its rows, the columns it asks for, what the numbers come from.
#pragma once
#include "ablations/ablation_spec.h"
#include "harness/report/spec_results.h"
#include "results/table.h"

namespace lidit {

/// Seconds and rates differ from run to run; what is left without them does not.
enum class Timings { shown, left_out };

/// Mean and interval per row and column; then the paper's own values ("paper: MEASUREMENT") where
/// rows of the spec have them; then, against the spec's reference row, the paired difference by
/// seeds that both rows have with p by t, Holm-adjusted p and verdict, for the spec's first column:
/// "no difference" only where an equivalence test says so (results/comparison.h). The caption is
/// `origin`. Notes: the spec's, cells without a record, rows with fewer seeds than the spec, and
/// the devices where the records come from more than one.
Table comparison_table(const AblationSpec& spec, const SpecResults& results,
                       Timings timings = Timings::shown);

/// The column's heading, with unit and direction of its measurement from the first record that has
/// it.
Column make_column(const ColumnSpec& wanted, const SpecResults& results);
/// By name as well as by unit: without a record no unit is known.
bool is_timing(const ColumnSpec& column, const SpecResults& results);
/// Within which scores of a column are equivalent: kEquivalenceMargin of fractions, else nothing.
std::optional<double> margin_of(const Column& column);

/// "drawn world (quick); smollm2-135m-instruct, all-minilm-l6-v2; 2 seeds: ...", by the records
/// that are there; one seed makes no claim, fewer than five say so.
std::string origin(const SpecResults& results);

}  // namespace lidit
