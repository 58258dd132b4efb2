// A judge who errs, corrected by a subset that people labelled.
#pragma once
#include <cstdint>
#include <optional>

#include "results/statistics/estimates.h"

namespace lidit {

/// How a judge answered where people know the truth.
struct JudgeAudit {
  std::int64_t true_positives, positives;  // of images that are right, those the judge calls right
  std::int64_t true_negatives, negatives;  // of images that are wrong, those the judge calls wrong
};

struct CorrectedRate {
  double rate;            // within [0, 1]
  double standard_error;  // with the errors of sensitivity and specificity in it
  Interval interval;      // by the normal distribution, within [0, 1]
  double sensitivity, specificity;
};
/// Rogan and Gladen (1978): p = (observed + specificity - 1) / (sensitivity + specificity - 1),
/// its variance by the delta method; a sensitivity or specificity of 0 or 1 counts as uncertain as
/// (k + 1) / (n + 2). `observed` is the judge's rate with its own (clustered) error.
/// Needs labelled images of both kinds and a judge that is better than chance.
std::optional<CorrectedRate> correct_for_judge(const MeanWithError& observed,
                                               const JudgeAudit& audit, double level = 0.95);

}  // namespace lidit
