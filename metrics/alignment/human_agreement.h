// How well a judge's scores follow human ratings of the same images.
#pragma once
#include <optional>
#include <span>

namespace lidit::benchmarks {

/// Pearson's r; none where either side does not vary. The spans are of one length.
std::optional<double> pearson(std::span<const double> a, std::span<const double> b);
/// The share of pairs that the judge orders as humans do, ties included. Two scores are a tie when
/// they differ by no more than a threshold, the one that makes the share largest (Deutsch, Foster
/// and Freitag 2023). Needs two images.
std::optional<double> pairwise_accuracy(std::span<const double> judge,
                                        std::span<const double> human);

}  // namespace lidit::benchmarks
