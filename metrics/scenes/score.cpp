#include "metrics/scenes/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace lidit::scenes {
namespace {

constexpr int kNone = -1;
constexpr int kWholly = 100;  // more than all attributes of all objects together

/// How well an object does for a claim.
int value(const Claim& claim, const Object& object) {
  int right = 0;
  for (const Attribute attribute : kAllAttributes)
    if (claim[attribute]) right += *claim[attribute] == object[attribute];
  return right + (claim.holds(object) ? kWholly : 0);
}

/// For each slot (a claimed object) the found object, or kNone: the assignment of greatest total
/// value, by dynamic programming over the sets of found objects.
std::vector<int> assign(const std::vector<const Claim*>& slots, const std::vector<Object>& found) {
  const std::size_t sets = std::size_t{1} << found.size();
  constexpr int kImpossible = -1;
  std::vector<int> best(sets, kImpossible);  // best[s]: the slots so far use the objects of s
  best[0] = 0;
  std::vector<std::vector<int>> choice(slots.size(), std::vector<int>(sets, kNone));
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    std::vector<int> next = best;  // the slot stays empty
    for (std::size_t set = 0; set < sets; ++set) {
      if (best[set] == kImpossible) continue;
      for (std::size_t i = 0; i < found.size(); ++i) {
        const std::size_t with = set | std::size_t{1} << i;
        const int total = best[set] + value(*slots[slot], found[i]);
        if (with != set && total > next[with]) {
          next[with] = total;
          choice[slot][with] = static_cast<int>(i);
        }
      }
    }
    best = std::move(next);
  }
  std::vector<int> assigned(slots.size(), kNone);
  auto set = static_cast<std::size_t>(std::max_element(best.begin(), best.end()) - best.begin());
  for (std::size_t slot = slots.size(); slot-- > 0;) {
    assigned[slot] = choice[slot][set];
    if (assigned[slot] != kNone) set &= ~(std::size_t{1} << assigned[slot]);
  }
  return assigned;
}

/// The object assigned to the first slot of each claim, or null: what relations are about.
std::vector<const Object*> first_objects(const Caption& caption, const std::vector<int>& assigned,
                                         const std::vector<Object>& found) {
  std::vector<const Object*> first;
  for (std::size_t slot = 0; const Claim& claim : caption.claims) {
    const int object = assigned[slot];
    first.push_back(object == kNone ? nullptr : &found[static_cast<std::size_t>(object)]);
    slot += static_cast<std::size_t>(claim.count);
  }
  return first;
}

bool is_right(const Preset& preset, const Relation& relation,
              const std::vector<const Object*>& first) {
  const Object* subject = first.at(static_cast<std::size_t>(relation.subject));
  const Object* object = first.at(static_cast<std::size_t>(relation.object));
  return subject != nullptr && object != nullptr &&
         relation_holds(preset, relation.kind, (*subject)[Attribute::place],
                        (*object)[Attribute::place]);
}

/// Among the assignments that are as good as the one given, one in which most relations hold: the
/// given one, unless another has more of them.
class BestRelations {
 public:
  BestRelations(const Preset& preset, const Caption& caption, const std::vector<Object>& found,
                const std::vector<const Claim*>& slots, std::vector<int> assigned)
      : preset_(preset),
        caption_(caption),
        found_(found),
        values_(slots.size()),
        hope_(slots.size() + 1, 0),
        best_(std::move(assigned)),
        tried_(slots.size(), kNone),
        used_(found.size()) {
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      for (const Object& object : found) values_[slot].push_back(value(*slots[slot], object));
      if (best_[slot] != kNone) total_ += values_[slot][static_cast<std::size_t>(best_[slot])];
    }
    for (std::size_t slot = slots.size(); slot-- > 0;)
      hope_[slot] =
          hope_[slot + 1] +
          (found.empty() ? 0 : *std::max_element(values_[slot].begin(), values_[slot].end()));
    most_ = relations(best_);
    fill(0, 0);
  }
  const std::vector<int>& assignment() const { return best_; }

 private:
  std::size_t relations(const std::vector<int>& assigned) const {
    const auto first = first_objects(caption_, assigned, found_);
    return static_cast<std::size_t>(
        std::count_if(caption_.relations.begin(), caption_.relations.end(),
                      [&](const Relation& one) { return is_right(preset_, one, first); }));
  }
  /// Fills the slots from this one on, those before being worth `sum`.
  void fill(std::size_t slot, int sum) {
    if (most_ == caption_.relations.size() || sum + hope_[slot] < total_) return;
    if (slot == tried_.size()) {
      const std::size_t holding = relations(tried_);
      if (holding > most_) most_ = holding, best_ = tried_;
      return;
    }
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (used_[i]) continue;
      used_[i] = true;
      tried_[slot] = static_cast<int>(i);
      fill(slot + 1, sum + values_[slot][i]);
      used_[i] = false;
    }
    tried_[slot] = kNone;
    fill(slot + 1, sum);
  }

  const Preset& preset_;
  const Caption& caption_;
  const std::vector<Object>& found_;
  std::vector<std::vector<int>> values_;  // of each slot and object
  std::vector<int> hope_;                 // the most that the slots from each on can be worth
  int total_ = 0;                         // of the best assignments
  std::vector<int> best_, tried_;
  std::vector<bool> used_;
  std::size_t most_ = 0;  // relations that hold in best_
};

/// One claim against the objects assigned to it.
ClaimScore score_claim(const Claim& claim, const std::vector<const Object*>& assigned,
                       const std::vector<Object>& found) {
  ClaimScore result;
  for (const Attribute attribute : kAllAttributes) {
    if (!claim[attribute]) continue;
    double right = 0;
    for (const Object* object : assigned)
      right += object != nullptr && (*object)[attribute] == *claim[attribute];
    result.attributes[number(attribute)] = right / claim.count;
  }
  const bool wholly = std::all_of(assigned.begin(), assigned.end(), [&](const Object* object) {
    return object != nullptr && claim.holds(*object);
  });
  const auto so_many = std::count_if(found.begin(), found.end(),
                                     [&](const Object& object) { return claim.holds(object); });
  if (claim.counted) result.count = so_many == claim.count ? 1 : 0;
  result.binding = wholly && result.count.value_or(1) == 1 ? 1 : 0;
  return result;
}

/// Calls visit(field of a, same field of b) for every number of two scores of one caption.
template <class Visit>
void for_each_pair(PromptScore& a, const PromptScore& b, Visit visit) {
  for (std::size_t i = 0; i < a.claims.size(); ++i) {
    for (std::size_t k = 0; k < kAttributes; ++k)
      if (auto& right = a.claims[i].attributes[k])
        visit(*right, b.claims.at(i).attributes[k].value());
    if (auto& count = a.claims[i].count) visit(*count, b.claims.at(i).count.value());
    visit(a.claims[i].binding, b.claims.at(i).binding);
  }
  for (std::size_t i = 0; i < a.relations.size(); ++i) visit(a.relations[i], b.relations.at(i));
  visit(a.extra, b.extra);
  visit(a.all, b.all);
}

struct Mean {
  double sum = 0;
  std::size_t count = 0;
  void add(double x) { sum += x, ++count; }
};

}  // namespace

PromptScore score(const Preset& preset, const Caption& caption, const Reading& reading) {
  const std::vector<Object> found = reading.objects();
  std::vector<const Claim*> slots;
  for (const Claim& claim : caption.claims)
    slots.insert(slots.end(), static_cast<std::size_t>(claim.count), &claim);
  std::vector<int> assignment = assign(slots, found);
  if (!caption.relations.empty())
    assignment = BestRelations(preset, caption, found, slots, assignment).assignment();
  const std::vector<const Object*> first = first_objects(caption, assignment, found);

  PromptScore result;
  for (std::size_t slot = 0; const Claim& claim : caption.claims) {
    std::vector<const Object*> assigned;
    for (int k = 0; k < claim.count; ++k, ++slot)
      assigned.push_back(
          assignment[slot] == kNone ? nullptr : &found[static_cast<std::size_t>(assignment[slot])]);
    result.claims.push_back(score_claim(claim, assigned, found));
  }
  for (const Relation& relation : caption.relations) {
    const bool holds = is_right(preset, relation, first);
    result.relations.push_back(holds ? 1 : 0);
    if (!holds)
      for (const int claim : {relation.subject, relation.object})
        result.claims.at(static_cast<std::size_t>(claim)).binding = 0;
  }
  result.extra = found.size() > slots.size() ? static_cast<double>(found.size() - slots.size()) : 0;
  const bool bound = std::all_of(result.claims.begin(), result.claims.end(),
                                 [](const ClaimScore& claim) { return claim.binding == 1; });
  result.all = bound && result.extra == 0 ? 1 : 0;
  return result;
}

PromptScore mean(std::span<const PromptScore> scores) {
  if (scores.empty()) throw std::logic_error("the mean of no scores");
  PromptScore total = scores.front();
  for (const PromptScore& other : scores.subspan(1))
    for_each_pair(total, other, [](double& sum, double x) { sum += x; });
  const auto count = static_cast<double>(scores.size());
  for_each_pair(total, scores.front(), [&](double& sum, double) { sum /= count; });
  return total;
}

std::map<std::string, double> summarise(std::span<const PromptScore> scores) {
  std::map<std::string, Mean> means;
  for (const PromptScore& prompt : scores) {
    means["prompt"].add(prompt.all);
    means["extra"].add(prompt.extra);
    for (const double relation : prompt.relations) means["relation"].add(relation);
    for (std::size_t i = 0; i < prompt.claims.size(); ++i) {
      const ClaimScore& claim = prompt.claims[i];
      means["binding"].add(claim.binding);
      means[fmt::format("binding.position.{}", i + 1)].add(claim.binding);
      if (claim.count) means["count"].add(*claim.count);
      for (const Attribute attribute : kAllAttributes)
        if (const auto& right = claim.attributes[number(attribute)])
          means[std::string(name(attribute))].add(*right);
    }
  }
  std::map<std::string, double> summary;
  for (const auto& [key, values] : means)
    summary[key] = values.sum / static_cast<double>(values.count);
  return summary;
}

}  // namespace lidit::scenes
