#include "metrics/probes/formulas.h"

#include <ATen/ATen.h>

namespace lidit::probes {
namespace {

/// ||x|| (...,1).
Tensor length(const Tensor& x) { return x.square().sum(-1, /*keepdim=*/true).sqrt(); }

/// x / ||x||, or 0 where x has no length.
Tensor unit(const Tensor& x) {
  const Tensor norm = length(x);
  return x / at::where(norm > 0, norm, at::ones_like(norm));
}

}  // namespace

Tensor cosine_distance(const Tensor& a, const Tensor& b) { return 1 - (unit(a) * unit(b)).sum(-1); }

double energy_distance(const Tensor& before, const Tensor& after) {
  const auto mean_distance = [](const Tensor& a, const Tensor& b) {
    return cosine_distance(a.unsqueeze(1), b.unsqueeze(0)).mean().item<double>();
  };
  return 2 * mean_distance(before, after) - mean_distance(before, before) -
         mean_distance(after, after);
}

Tensor relative_change(const Tensor& before, const Tensor& after) {
  return (length(after - before) / length(before)).squeeze(-1);
}

std::optional<double> future_influence_ratio(const Tensor& influence) {
  TORCH_CHECK(influence.dim() == 2 && influence.size(0) == influence.size(1),
              "influence is (M,M), got ", influence.sizes());
  const Tensor known = at::nan_to_num(influence, 0.0);
  const double earlier = known.tril(-1).sum().item<double>();  // column i before row j
  const double later = known.triu(1).sum().item<double>();
  if (!(earlier + later > 0)) return std::nullopt;
  return earlier / (earlier + later);
}

std::optional<double> slope(std::span<const double> x, std::span<const double> y) {
  TORCH_CHECK(x.size() == y.size() && !x.empty(), "a slope of ", y.size(), " values on ", x.size());
  const auto n = static_cast<double>(x.size());
  double x_mean = 0, y_mean = 0, squares = 0, products = 0;
  for (std::size_t i = 0; i < x.size(); ++i) x_mean += x[i] / n, y_mean += y[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    squares += (x[i] - x_mean) * (x[i] - x_mean);
    products += (x[i] - x_mean) * (y[i] - y_mean);
  }
  if (!(squares > 0)) return std::nullopt;
  return products / squares;
}

std::optional<TwoWayShares> two_way_shares(const Tensor& states) {
  TORCH_CHECK(states.dim() == 3, "states are (items,slots,D), got ", states.sizes());
  const auto items = static_cast<double>(states.size(0));
  const auto slots = static_cast<double>(states.size(1));
  const Tensor mean = states.mean(at::IntArrayRef{0, 1}, /*keepdim=*/true);
  const Tensor item = states.mean(1, /*keepdim=*/true) - mean;
  const Tensor slot = states.mean(0, /*keepdim=*/true) - mean;
  const double item_squares = slots * item.square().sum().item<double>();
  const double slot_squares = items * slot.square().sum().item<double>();
  const double residual = (states - mean - item - slot).square().sum().item<double>();
  const double total = item_squares + slot_squares + residual;
  if (!(total > 0)) return std::nullopt;
  return TwoWayShares{item_squares / total, slot_squares / total, residual / total};
}

double invariance(const Tensor& states) {
  TORCH_CHECK(states.dim() == 3 && states.size(1) > 1, "states at two slots or more, got ",
              states.sizes());
  const Tensor directions = unit(states);                             // (M,M,D)
  const Tensor cosines = directions.bmm(directions.transpose(1, 2));  // (M,slots,slots)
  const auto slots = static_cast<double>(states.size(1));
  const Tensor others =
      cosines.sum(at::IntArrayRef{1, 2}) - cosines.diagonal(0, 1, 2).sum(1);  // (M)
  return (others / (slots * (slots - 1))).mean().item<double>();
}

Tensor ridge_scores(const Tensor& train, const Tensor& classes, std::int64_t count,
                    const Tensor& test) {
  TORCH_CHECK(train.dim() == 2 && train.size(0) > 1 && classes.size(0) == train.size(0),
              "a probe is trained on two examples or more, got ", train.sizes(), " and classes ",
              classes.sizes());
  const Tensor mean = train.mean(0, /*keepdim=*/true);
  const Tensor x = train - mean;  // (n,D)
  const Tensor targets = at::one_hot(classes, count).to(train.scalar_type());
  const Tensor base = targets.mean(0, /*keepdim=*/true);  // (1,C)
  // The dual form: there are fewer examples than dimensions.
  const Tensor kernel = x.mm(x.t());  // (n,n)
  const Tensor penalty = kRidgePenalty * kernel.diagonal().mean();
  if (!(penalty.item<double>() > 0)) return base.expand({test.size(0), -1});  // all are the same
  const Tensor weights = at::linalg_solve(kernel + penalty * at::eye(x.size(0), x.options()),
                                          targets - base);  // (n,C)
  return base + (test - mean).mm(x.t()).mm(weights);
}

}  // namespace lidit::probes
