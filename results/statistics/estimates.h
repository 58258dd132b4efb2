// Means, their standard errors and intervals. The unit of randomisation is the prompt (or the
// seed): values that depend on each other are one cluster.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "results/statistics/interval.h"

namespace lidit {

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
/// Of values that share a row cluster (prompt) or a column cluster (rater): V = V_rows + V_columns
/// - V_both (Cameron, Gelbach and Miller 2011), but never less than the larger of the one-way
/// errors. Needs two clusters of each kind.
std::optional<double> two_way_clustered_standard_error(std::span<const double> values,
                                                       std::span<const std::int64_t> rows,
                                                       std::span<const std::int64_t> columns);

/// mean +- t(n - 1) * standard error: for means of seeds; needs two values.
std::optional<Interval> t_interval(std::span<const double> values, double level = 0.95);
/// mean +- t(G - 1) * clustered standard error; needs two clusters.
std::optional<Interval> clustered_t_interval(std::span<const double> values,
                                             std::span<const std::int64_t> clusters,
                                             double level = 0.95);
/// Wilson's, for a proportion with one independent trial a prompt; needs one trial.
std::optional<Interval> wilson_interval(std::int64_t successes, std::int64_t trials,
                                        double level = 0.95);
/// Wilson's interval, but where nothing or everything succeeded the "rule of three", one-sided:
/// from 0 to -ln(1 - level) / n (about 3 / n), and the mirror image of it.
std::optional<Interval> proportion_interval(std::int64_t successes, std::int64_t trials,
                                            double level = 0.95);

struct MeanWithError {
  double mean, standard_error;
};
/// The mean of task means, each task counting alike (GenEval's overall score): standard error
/// sqrt(sum_t SE_t^2) / T. Images are never pooled across tasks. Needs one task.
std::optional<MeanWithError> macro_mean(std::span<const MeanWithError> tasks);
/// mean +- t * standard error; std::invalid_argument for degrees of freedom that are none.
Interval t_interval(const MeanWithError& estimate, double degrees_of_freedom, double level = 0.95);
/// mean +- z * standard error.
Interval normal_interval(const MeanWithError& estimate, double level = 0.95);

}  // namespace lidit
