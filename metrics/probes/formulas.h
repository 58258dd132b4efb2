// The formulas of the probes over plain tensors (fp64).
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <span>

namespace lidit::probes {

using at::Tensor;

/// 1 - cos of vectors (...,D) and (...,D), broadcast. A vector without length is at distance 1.
Tensor cosine_distance(const Tensor& a, const Tensor& b);

/// 2 mean d(u,u') - mean d(u,u~) - mean d(u',u'~) of two sets of vectors (n,D) and (m,D) with the
/// cosine distance d: with it, the squared distance of the two mean directions. 0 for equal sets.
double energy_distance(const Tensor& before, const Tensor& after);

/// ||after - before|| / ||before|| of vectors (...,D): exactly 0 where they are the same bit for
/// bit.
Tensor relative_change(const Tensor& before, const Tensor& after);

/// Future-influence ratio: of all influence that segments have on others, the share that later ones
/// have on earlier ones. `influence` (M,M): of segment `row` on segment `column`; rows of NaN are
/// left out. 0 for a causal encoder, about 1/2 for a symmetric one; nothing where no segment has
/// any influence on another.
std::optional<double> future_influence_ratio(const Tensor& influence);

/// Least squares of y on x; nothing where x does not vary.
std::optional<double> slope(std::span<const double> x, std::span<const double> y);

/// How the sum of squares about the mean parts into items, slots and what is neither (items by
/// slots), over all dimensions; the three add to 1.
struct TwoWayShares {
  double item, slot, residual;
};
/// Of states (M items, M slots, D); nothing where all are the same.
std::optional<TwoWayShares> two_way_shares(const Tensor& states);

/// The mean cosine of an item's states at two different slots, of states (M items, M slots, D).
double invariance(const Tensor& states);

/// Ridge regression of one-hot classes (the linear probe): `train` (n,D), `classes` (n) int64 of
/// 0..`count`-1, `test` (m,D). The penalty is kRidgePenalty times the mean square length of the
/// centred training vectors, so that it does not depend on the scale or number of dimensions.
/// Returns the scores of the classes (m,count).
Tensor ridge_scores(const Tensor& train, const Tensor& classes, std::int64_t count,
                    const Tensor& test);
inline constexpr double kRidgePenalty = 0.1;

}  // namespace lidit::probes
