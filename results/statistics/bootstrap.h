// Intervals of any statistic by drawing again from what was measured.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "results/statistics/interval.h"

namespace lidit {

/// Puts the rows that resample number `number` draws into `drawn`, in place of what is there: one
/// row of the index matrix. Independent of threads and order: Philox by (seed, number).
using Resampling = std::function<void(std::int64_t number, std::vector<std::int64_t>& drawn)>;
/// `rows` of them with replacement.
Resampling resample_rows(std::int64_t rows, std::uint64_t seed);
/// Rows with replacement within each stratum (prompts within their task): place i is filled from
/// the stratum of row i.
Resampling resample_within(std::span<const std::int64_t> strata, std::uint64_t seed);
/// As many clusters as there are, with replacement, then as many rows of each as it has, with
/// replacement: where clusters differ in size, so do resamples, and a mean over the rows drawn is a
/// ratio mean as that over all rows is.
Resampling resample_clusters(std::span<const std::int64_t> clusters, std::uint64_t seed);
/// The pigeonhole bootstrap (Owen 2007): prompts and seeds independently, with replacement, of
/// scores in the order prompt * seeds + seed. For seeds that are shared by all prompts.
Resampling resample_crossed(std::int64_t prompts, std::int64_t seeds, std::uint64_t seed);
/// The same with each prompt drawn from its own stratum (task), as resample_within does, and one
/// drawing of seeds for all strata; `strata`: of each prompt. For a macro mean over tasks that
/// share their seeds.
Resampling resample_crossed_within(std::span<const std::int64_t> strata, std::int64_t seeds,
                                   std::uint64_t seed);
/// The rows of all pairs of the prompts and the seeds drawn, in that order.
std::vector<std::int64_t> cross(std::span<const std::int64_t> prompts_drawn,
                                std::span<const std::int64_t> seeds_drawn, std::int64_t seeds);

/// A statistic of the rows drawn, by their numbers.
using Statistic = std::function<double(std::span<const std::int64_t> drawn)>;
/// The mean of the values drawn; the lists of these three must outlive them.
Statistic mean_of(std::span<const double> values);
/// The same, every value with its weight, which is positive: a mean over objects from means over
/// the objects of each prompt.
Statistic weighted_mean_of(std::span<const double> values, std::span<const double> weights);
/// The mean over strata of the means within them, for resample_within.
Statistic macro_mean_of(std::span<const double> values, std::span<const std::int64_t> strata);

/// The statistic of each of `resamples` resamples.
std::vector<double> bootstrap(std::int64_t resamples, const Resampling& resampling,
                              const Statistic& statistic);
/// The statistic of all rows but one, for each of them; needs two rows (else it is empty).
std::vector<double> jackknife(std::int64_t rows, const Statistic& statistic);

inline constexpr std::int64_t kResamples = 10'000;

/// The middle `level` of bootstrap replicates.
std::optional<Interval> percentile_interval(std::span<const double> replicates,
                                            double level = 0.95);
/// Corrected for bias and skewness (Efron 1987), with the acceleration from `jackknifed`; ties with
/// the estimate count half. Nothing where all replicates lie on one side of the estimate or the
/// jackknife shows no spread: there is nothing to correct by.
std::optional<Interval> bca_interval(double estimate, std::span<const double> replicates,
                                     std::span<const double> jackknifed, double level = 0.95);

/// Percentile interval of the mean by kResamples resamples of rows or, with `clusters`, of both.
/// One row or one cluster gives none.
std::optional<Interval> bootstrap_interval(std::span<const double> values,
                                           std::span<const std::int64_t> clusters,
                                           std::uint64_t seed, double level = 0.95);
/// The same of the weighted mean.
std::optional<Interval> weighted_bootstrap_interval(std::span<const double> values,
                                                    std::span<const double> weights,
                                                    std::span<const std::int64_t> clusters,
                                                    std::uint64_t seed, double level = 0.95);
/// Percentile interval of the mean of scores in the order prompt * seeds + seed by kResamples
/// resamples of prompts and seeds. One prompt or one seed gives none.
std::optional<Interval> crossed_bootstrap_interval(std::span<const double> values,
                                                   std::int64_t seeds, std::uint64_t seed,
                                                   double level = 0.95);

}  // namespace lidit
