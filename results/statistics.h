// Means with honest uncertainty. Nothing here turns "no data" into a number: what cannot be
// computed is std::nullopt, and a value that is not finite is a std::invalid_argument.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace lidit {

struct Interval {
  double low, high;
  bool operator==(const Interval&) const = default;
};

std::optional<double> mean(std::span<const double> values);
/// With n - 1 below; needs two values.
std::optional<double> variance(std::span<const double> values);
/// Between order statistics, linearly (type 7 of Hyndman and Fan); `level` in [0, 1].
std::optional<double> quantile(std::span<const double> values, double level);

/// s / sqrt(n) of independent values; needs two.
std::optional<double> standard_error(std::span<const double> values);
/// Of the mean of values of which those of one cluster depend on each other (images of one prompt,
/// prompts of one structure); clusters of any size, needs two of them:
/// sqrt(sum_c (sum_k (x_ck - S))^2) / N * sqrt(G / (G - 1)).
std::optional<double> clustered_standard_error(std::span<const double> values,
                                               std::span<const std::int64_t> clusters);

/// mean +- t(n - 1) * standard error: for means of seeds; needs two values.
std::optional<Interval> t_interval(std::span<const double> values, double level = 0.95);
/// For a proportion, one independent trial a prompt; needs one trial.
std::optional<Interval> wilson_interval(std::int64_t successes, std::int64_t trials,
                                        double level = 0.95);

/// Quantiles of Student's t and of the normal distribution; `probability` in (0, 1).
double t_quantile(double probability, double degrees_of_freedom);
double normal_quantile(double probability);
/// P(T <= t) of Student's t.
double t_cumulative(double t, double degrees_of_freedom);

/// Fills in the rows that resample number `number` draws.
using Resampling = std::function<void(std::int64_t number, std::span<std::int64_t> drawn)>;
/// `rows` of them with replacement, independent of threads and order: Philox by (seed, number).
Resampling resample_rows(std::uint64_t seed);
/// Clusters with replacement, then rows within each of them; the number of rows is kept by drawing
/// as many rows from a cluster as the one it stands in for has.
Resampling resample_clusters(std::span<const std::int64_t> clusters, std::uint64_t seed);

/// A statistic of the rows drawn, by their numbers.
using Statistic = std::function<double(std::span<const std::int64_t> drawn)>;
/// The statistic of each of `resamples` resamples of `rows` rows.
std::vector<double> bootstrap(std::int64_t rows, std::int64_t resamples,
                              const Resampling& resampling, const Statistic& statistic);
/// The middle `level` of bootstrap replicates.
std::optional<Interval> percentile_interval(std::span<const double> replicates,
                                            double level = 0.95);
/// Percentile interval of the mean by 10,000 resamples of rows or, with `clusters`, of both.
std::optional<Interval> bootstrap_interval(std::span<const double> values,
                                           std::span<const std::int64_t> clusters,
                                           std::uint64_t seed, double level = 0.95);

/// a - b on the same prompts or seeds.
struct PairedDifference {
  double difference;
  double standard_error;  // of the paired differences
  Interval interval;      // by t
  double p;               // by flipping signs
};
/// Needs two pairs.
std::optional<PairedDifference> paired_difference(std::span<const double> a,
                                                  std::span<const double> b, std::uint64_t seed,
                                                  double level = 0.95);

/// Two-sided p of "the differences are symmetric about 0": (1 + #{|D_b| >= |D|}) / (B + 1) over B
/// random sign flips.
std::optional<double> sign_flip_test(std::span<const double> differences, std::uint64_t seed,
                                     std::int64_t flips = 10'000);
/// p of "the mean difference is at least `margin` from 0" by two one-sided t tests: small when the
/// two are equivalent. Needs two pairs and margin > 0.
std::optional<double> equivalence_test(std::span<const double> differences, double margin);
/// Holm's adjusted p of a family, in the order given.
std::vector<double> holm(std::span<const double> p);

}  // namespace lidit
