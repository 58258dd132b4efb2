#include "metrics/alignment/audited_score.h"

#include <fmt/format.h>

#include <stdexcept>

#include "results/errors.h"

namespace lidit::benchmarks {
namespace {

void check_verdict(const BenchmarkScore& score, const AuditedVerdict& audited) {
  const auto given = score.verdicts.find({audited.image, audited.question});
  if (given == score.verdicts.end()) {
    const VerdictPlace& first = score.verdicts.begin()->first;
    throw FileError(fmt::format("{}: {} is none of the {} scored verdicts; the first of them is {}",
                                audited.where, describe_verdict(audited.image, audited.question),
                                score.verdicts.size(),
                                describe_verdict(first.image, first.question)));
  }
  if (given->second != audited.judge)
    throw FileError(fmt::format("{}: the judge's verdict on {} is {}, not {}", audited.where,
                                describe_verdict(audited.image, audited.question), given->second,
                                audited.judge));
}

JudgeAudit count_verdicts(std::span<const AuditedVerdict> audit) {
  JudgeAudit counts{};
  for (const AuditedVerdict& verdict : audit) {
    std::int64_t& all = verdict.human ? counts.positives : counts.negatives;
    std::int64_t& right = verdict.human ? counts.true_positives : counts.true_negatives;
    ++all;
    if (verdict.judge == verdict.human) ++right;
  }
  return counts;
}

}  // namespace

void correct_by_audit(BenchmarkScore& score, std::span<const AuditedVerdict> audit,
                      std::string_view where) {
  const Aggregate* overall = score.find("overall");
  if (!overall || score.verdicts.empty())
    throw std::logic_error("an audit of a score without verdicts");
  for (const AuditedVerdict& verdict : audit) check_verdict(score, verdict);
  const JudgeAudit counts = count_verdicts(audit);
  if (counts.positives == 0 || counts.negatives == 0)
    throw UserError(
        fmt::format("{}: all {} audited verdicts are {} by the human; the judge's errors are known "
                    "only from some of both kinds",
                    where, audit.size(), counts.negatives == 0));
  if (!overall->standard_error)
    throw UserError(fmt::format("{}: the overall score cannot be corrected: its error {}", where,
                                overall->reason));
  const double error =
      overall->crossed ? overall->crossed->standard_error : *overall->standard_error;
  const auto corrected = correct_for_judge({overall->value, error}, counts);
  if (!corrected)
    throw UserError(fmt::format(
        "{}: the judge finds {} of {} right ones and {} of {} wrong ones, which is no "
        "better than chance: nothing can be corrected by that",
        where, counts.true_positives, counts.positives, counts.true_negatives, counts.negatives));
  score.audited = AuditedScore{.audit = counts, .corrected = *corrected};
}

}  // namespace lidit::benchmarks
