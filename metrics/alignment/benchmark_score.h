// What a benchmark says of one system: aggregates, each made from its parts here.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment/score_sheet.h"
#include "metrics/judges/judge_file.h"
#include "results/record.h"
#include "results/statistics/interval.h"
#include "results/statistics/judge_error.h"

namespace lidit::benchmarks {

/// Why figures that are no means have no standard error: correlations, shares of pairs, spreads.
inline constexpr const char* kNoMean = "is no mean over prompts";

/// Prompts that share their seeds are crossed with them: what is clustered by prompt alone leaves
/// out what seeds have in common.
inline constexpr const char* kSharedSeeds =
    "intervals by t and differences between systems are conditional on the seeds that all prompts "
    "share: other seeds may move all prompts together";

/// What resampling prompts and seeds says of a mean.
struct CrossedInterval {
  Interval interval;  // 95 %
  double standard_error = 0;
  std::int64_t seeds = 0;
};

/// A figure, mostly a mean, with what it was made from.
struct Aggregate {
  std::string name;                        // "overall", "counting", "entity"
  double value = 0;                        // a fraction, unless the unit says otherwise
  std::optional<double> standard_error{};  // clustered by prompt; needs two prompts
  std::int64_t prompts = 0, values = 0;
  std::string unit = "fraction";
  std::string reason = "needs two prompts";     // why there is no standard error, if there is none
  std::optional<bool> higher_is_better = true;  // none: neither side is better (a spread)
  std::optional<CrossedInterval> crossed{};     // see crossed_intervals.h
};

/// What a judge said yes or no to: an image ("00012 #3"), or a question about it.
struct VerdictPlace {
  std::string image;
  std::optional<std::int64_t> question{};
  auto operator<=>(const VerdictPlace&) const = default;
};

/// The overall score without what the judge gets wrong, see audited_score.h.
struct AuditedScore {
  JudgeAudit audit;
  CorrectedRate corrected;
};

struct BenchmarkScore {
  std::vector<Aggregate> aggregates{};  // the headline first
  std::vector<ImageScore> images{};
  Fields settings{};                 // the switches, resolved
  std::vector<std::string> notes{};  // what a reader of the numbers must know
  std::int64_t expected = 0;         // images
  std::vector<std::string> parts{};  // categories that "overall" is the mean of; none: of images
  std::map<VerdictPlace, bool> verdicts{};  // that "overall" is made of, where they are yes or no
  std::optional<AuditedScore> audited{};
  std::vector<std::string> as_judged{};  // categories whose images' scores were taken whole
  std::string partial{};  // "10 of the 553 published prompts"; empty: all (published_prompts.h)

  const Aggregate* find(std::string_view name) const;
};

/// Values with the prompt that each belongs to.
struct ClusteredValues {
  std::vector<double> values;
  std::vector<std::int64_t> prompts;

  void add(double value, std::int64_t prompt);
  /// Their mean; std::logic_error for none.
  Aggregate aggregate(std::string name) const;
};

/// The mean over the images of each category, in the order of `categories`; a category without an
/// image is left out.
std::vector<Aggregate> aggregate_categories(std::span<const ImageScore> images,
                                            std::span<const std::string> categories);
/// The mean over all images.
Aggregate aggregate_images(std::string name, std::span<const ImageScore> images);
/// The unweighted mean of aggregates, whose errors are independent: sqrt(sum SE^2) / T.
Aggregate macro_mean(std::string name, std::span<const Aggregate> parts);

/// Whether a number that somebody wrote is `value`: within one unit of its own last decimal, as
/// published numbers are rounded or cut, and within half a point: "1" is no claim of 60 %. `scale`
/// is what stands for a fraction of 1.
bool agrees_with(double claimed, double value, double scale);

/// Compares what was claimed with what was recomputed (agrees_with). `per_fraction` is what the
/// benchmark publishes for a fraction of 1 (DPG-Bench: 100). FileError for one that disagrees and
/// for the name of no aggregate.
void check_claims(const Claims& claims, const BenchmarkScore& score, double per_fraction,
                  std::string_view where);

/// "PROMPT #IMAGE", the id of an image in plans, raw rows and audits.
std::string image_id(std::string_view prompt, std::int64_t image);

/// "overall", "overall.standard_error", ... as a record has them. Intervals that are not by t are
/// "NAME.low" and "NAME.high", with "NAME.crossed_error" (over n seeds) where they are crossed;
/// an audited score is "overall.corrected", with "judge.sensitivity" and "judge.specificity" (over
/// n audited verdicts).
std::vector<Measurement> measurements_of(const BenchmarkScore& score);
/// The raw rows of a record: id, prompt, category, image, value and the evidence.
std::vector<Fields> rows_of(const BenchmarkScore& score);

}  // namespace lidit::benchmarks
