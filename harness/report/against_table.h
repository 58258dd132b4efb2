// Every row of a spec against one row: `lidit table SPEC --against NAME`.
#pragma once
#include <string_view>

#include "ablations/ablation_spec.h"
#include "harness/home.h"
#include "harness/report/spec_results.h"
#include "results/table.h"

namespace lidit {

/// The row that `name` means: a row of the spec, "OTHER-SPEC:ROW", or the first digits of a record,
/// which is a row of one seed. UserError with the spec's rows when it is none of these.
RowResults find_row(std::string_view name, const SpecResults& results, const Home& home);

/// One line per row and score column of the spec (a score has a better side and is no timing): both
/// means, the paired difference with its interval, p by t, p adjusted by Holm over the whole table,
/// the least difference that would be found with a power of 80 %, and the verdict. With fewer than
/// kSeedsOfAnInterval seeds in common there is no p: the interval is a bootstrap over structures
/// and prompts of these very training runs, and makes no claim. Rows whose records are of different
/// worlds, prompts or scorers are left out, each with a note that says why; UserError in one
/// sentence when no row can be compared.
Table against_table(const AblationSpec& spec, const SpecResults& results, const RowResults& other);

}  // namespace lidit
