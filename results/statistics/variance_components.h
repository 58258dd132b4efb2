// Where the spread of scores comes from: prompts, images of one prompt, seeds that prompts share.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace lidit {

/// x_ik = mu + a_i + e_ik, prompt i, image k of it, K images each (one-way analysis of variance).
struct VarianceSplit {
  double between_mean_square, within_mean_square;  // MSB, MSW
  double between;                                  // of a: (MSB - MSW) / K, 0 where that is less
  double within;                                   // of e: MSW
  double intraclass_correlation;                   // ICC(1): (MSB - MSW) / (MSB + (K - 1) MSW)
  double design_effect;                            // 1 + (K - 1) ICC
};
/// Of scores in the order prompt * images + image. Needs two prompts, two images of each and some
/// spread.
std::optional<VarianceSplit> split_variance(std::span<const double> values, std::int64_t images);

/// x_ik = mu + a_i + b_k + e_ik: the same seeds for every prompt (two-way, no replication). A
/// negative estimate is 0.
struct CrossedVariance {
  double prompts, seeds, residual;  // of a, b and e
  double standard_error;            // of the mean: sqrt(a / n + b / K + e / (n K))
};
/// Of scores in the order prompt * seeds + seed. Needs two prompts and two seeds.
std::optional<CrossedVariance> split_crossed_variance(std::span<const double> values,
                                                      std::int64_t seeds);

}  // namespace lidit
