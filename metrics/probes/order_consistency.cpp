#include "metrics/probes/order_consistency.h"

#include <ATen/ATen.h>

#include "metrics/probes/formulas.h"
#include "results/philox.h"

namespace lidit::probes {
namespace {

/// The mean share of the slot when slots are relabelled at random within each pair.
double relabelled_share(const Tensor& items, std::int64_t times, Philox& random) {
  double total = 0;
  for (std::int64_t i = 0; i < times; ++i) {
    std::vector<Tensor> relabelled;
    for (std::int64_t item = 0; item < items.size(0); ++item)
      relabelled.push_back(
          items[item].index_select(0, at::tensor(random.permutation(items.size(1)), at::kLong)));
    total += two_way_shares(at::stack(relabelled))->slot;
  }
  return total / static_cast<double>(times);
}

}  // namespace

OrderConsistency::OrderConsistency(const Material& material)
    : sets_(material.sets),
      seed_(material.options.seed),
      rotations_(ask_rotations(material, plan_)) {}

std::vector<Measure> OrderConsistency::score(const MeanStates& states) const {
  Measure slot_share{"slot_share", {}}, excess{"excess", {}}, pair_share{"pair_share", {}},
      same{"invariance", {}};
  for (std::size_t g = 0; g < sets_.size(); ++g) {
    const Tensor items = by_item_and_slot(states, sets_[g], rotations_.segments[g]);  // (M,M,D)
    same.by_set.push_back(invariance(items));
    const auto shares = two_way_shares(items);
    if (!shares) continue;
    Philox random(seed_, "relabelled slots", g);
    slot_share.by_set.push_back(shares->slot);
    pair_share.by_set.push_back(shares->item);
    excess.by_set.push_back(shares->slot - relabelled_share(items, kRelabellings, random));
  }
  return {slot_share, excess, pair_share, same, pooled_ratio(states)};
}

Measure OrderConsistency::pooled_ratio(const MeanStates& states) const {
  Measure ratio{"pooled", {}};
  if (sets_.size() < 2) return ratio;
  std::vector<std::int64_t> requests;
  for (const auto& of_set : rotations_.pooled)
    requests.insert(requests.end(), of_set.begin(), of_set.end());
  const std::int64_t sets = std::ssize(sets_), rotations = sets_.front().size();
  const Tensor pooled = states.rows(requests).view({sets, rotations, -1});  // (G,M,D)
  for (std::int64_t g = 0; g < sets; ++g) {
    const Tensor own = cosine_distance(pooled[g].unsqueeze(1), pooled[g].unsqueeze(0));  // (M,M)
    const auto pairs_of_rotations = static_cast<double>(rotations * (rotations - 1));
    const double within = own.sum().item<double>() / pairs_of_rotations;
    // The same rotation of the other sets; a set is at no distance from itself.
    const double between = cosine_distance(pooled[g].unsqueeze(0), pooled).sum().item<double>() /
                           static_cast<double>((sets - 1) * rotations);
    if (between > 0) ratio.by_set.push_back(within / between);
  }
  return ratio;
}

std::vector<ProbeColumn> OrderConsistency::columns(std::int64_t) {
  return {{"slot_share", "slot's share"},
          {"excess", "above relabelled", true},
          {"pair_share", "pair's share"},
          {"invariance", "invariance"},
          {"pooled", "pooled: order over content"}};
}

}  // namespace lidit::probes
