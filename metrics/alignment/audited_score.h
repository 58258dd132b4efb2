// A benchmark's overall score without what its judge gets wrong, as far as people have checked.
#pragma once
#include <span>
#include <string_view>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/judges/judge_audit.h"

namespace lidit::benchmarks {

/// Sets score.audited: Rogan and Gladen's correction (results/statistics/judge_error.h) of
/// "overall" by the judge's sensitivity and specificity on audited verdicts, with the crossed
/// standard error where there is one. It takes the audited verdicts for a random sample of all
/// that are scored, and the judge for equally good in every category: so categories are left as
/// they are.
/// FileError for a verdict that the judge has not given, or given otherwise; UserError where people
/// found all verdicts right or all wrong, where the judge is no better than chance, and where
/// "overall" has no error. `where`: the audit.
void correct_by_audit(BenchmarkScore& score, std::span<const AuditedVerdict> audit,
                      std::string_view where);

}  // namespace lidit::benchmarks
