#include "metrics/probes/binding.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "metrics/probes/formulas.h"
#include "results/philox.h"

namespace lidit::probes {
namespace {

constexpr std::array<Attribute, 2> kOrders = {Attribute::prenominal, Attribute::postnominal};
constexpr std::array<const char*, 2> kOrderNames = {"prenominal", "postnominal"};

const PairCategory& largest(const std::vector<PairCategory>& categories) {
  return *std::ranges::max_element(
      categories, {}, [](const PairCategory& category) { return category.pairs.size(); });
}

/// The `count` adjectives that most nouns have, the first in the alphabet of equals.
std::vector<std::string> commonest_adjectives(const PairCategory& category, std::int64_t count) {
  std::map<std::string, std::int64_t> nouns;
  for (const Pair& pair : category.pairs) ++nouns[pair.adjective];
  std::vector<std::string> adjectives = category.adjectives();
  std::ranges::stable_sort(adjectives, std::ranges::greater{},
                           [&](const std::string& adjective) { return nouns.at(adjective); });
  if (std::ssize(adjectives) < count)
    throw UserError(fmt::format("the category '{}' has {} adjectives; this probe needs {}",
                                category.name, adjectives.size(), count));
  adjectives.resize(static_cast<std::size_t>(count));
  return adjectives;
}

/// All nouns of a category that are no adjective too, in a random order.
std::vector<std::string> shuffled_nouns(const PairCategory& category, std::uint64_t seed) {
  const std::vector<std::string> all = category.nouns(), adjectives = category.adjectives();
  std::vector<std::string> nouns;
  for (const std::int64_t i : Philox(seed, "halves of nouns").permutation(std::ssize(all))) {
    const std::string& noun = all[static_cast<std::size_t>(i)];
    if (!std::ranges::binary_search(adjectives, noun)) nouns.push_back(noun);
  }
  return nouns;
}

/// Of gains (G,M from,M target) of a noun's own adjective those above the adjective of the other
/// slot from which most is read off: (G,M).
Tensor selectivity_of(const Tensor& gains) {
  const Tensor own = gains.diagonal(0, 1, 2);  // (G,M)
  const Tensor leaks =
      gains.mean(0).masked_fill(at::eye(gains.size(1)).to(at::kBool), -INFINITY);  // (M,M)
  const Tensor most = leaks.argmax(1).view({1, -1, 1}).expand({gains.size(0), -1, 1});
  return own - gains.gather(2, most).squeeze(2);
}

}  // namespace

Binding::Binding(const Material& material)
    : slots_(material.options.pairs),
      sets_(material.sets.size()),
      adjectives_(commonest_adjectives(largest(material.categories), kClasses)),
      nouns_(shuffled_nouns(largest(material.categories), material.options.seed)) {
  if (std::ssize(nouns_) < 2 * slots_)
    throw UserError(fmt::format("sets of {} pairs need {} nouns in two halves; there are {}",
                                slots_, 2 * slots_, nouns_.size()));
  for (std::size_t set = 0; set < sets_; ++set) {
    plan_set(material, set);
    plan_swaps(material, set);
  }
  captions_ = ask_swapped_captions(material, plan_);
}

void Binding::plan_set(const Material& material, std::size_t set) {
  Philox random(material.options.seed, "binding sets", set);
  const std::vector<std::int64_t> order = random.permutation(std::ssize(nouns_));
  PairSet drawn{0, {}};
  std::vector<std::int64_t> classes;
  std::vector<bool> first_half;
  for (std::size_t i = 0; std::ssize(drawn.pairs) < slots_; ++i) {
    classes.push_back(static_cast<std::int64_t>(random.below(kClasses)));
    first_half.push_back(order[i] < std::ssize(nouns_) / 2);
    drawn.pairs.push_back({adjectives_[static_cast<std::size_t>(classes.back())],
                           nouns_[static_cast<std::size_t>(order[i])]});
  }
  for (std::int64_t rotation = 0; rotation < slots_; ++rotation) {
    Example& example = examples_.emplace_back();
    example.set = set;
    for (std::int64_t slot = 0; slot < slots_; ++slot) {
      const auto pair = static_cast<std::size_t>(drawn.pair_at(slot, rotation));
      example.classes.push_back(classes[pair]);
      example.first_half.push_back(first_half[pair]);
    }
    for (std::size_t o = 0; o < kOrders.size(); ++o) {
      const Sentence sentence = list_pairs(
          drawn.rotated(rotation), {.listing = material.options.listing, .attribute = kOrders[o]});
      const std::int64_t prompt = plan_.add_prompt(sentence.text);
      for (const Mention& mention : sentence.mentions)
        example.nouns[o].push_back(plan_.ask(prompt, mention.noun));
    }
  }
}

void Binding::plan_swaps(const Material& material, std::size_t set) {
  const std::vector<Pair>& pairs = material.sets[set].pairs;
  const auto ask = [&](const Pair& first, const Pair& second) {
    const std::vector<Pair> both = {first, second};
    return plan_.ask_pooled(plan_.add_prompt(list_pairs(both).text));
  };
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    const Pair &a = pairs[i], &b = pairs[i + 1];
    // Otherwise the articles change places too, and the first one is never seen.
    if (article_of(a.adjective) != article_of(b.adjective)) continue;
    swaps_.push_back(
        {set, ask(a, b), ask({b.adjective, a.noun}, {a.adjective, b.noun}), ask(b, a)});
  }
}

Measure Binding::swap_margin(const MeanStates& states) const {
  constexpr double kRounding = 1e-9;  // of cosines
  Measure margin{"swap_margin", {}};
  for (std::size_t set = 0; set < sets_; ++set) {
    double sum = 0, count = 0;
    for (const Swap& swap : swaps_) {
      if (swap.set != set) continue;
      const Tensor whole = states[swap.whole];
      const double by_swap = cosine_distance(whole, states[swap.swapped]).item<double>(),
                   by_order = cosine_distance(whole, states[swap.reversed]).item<double>();
      if (by_swap + by_order < kRounding) continue;
      sum += (by_swap - by_order) / (by_swap + by_order);
      ++count;
    }
    if (count > 0) margin.by_set.push_back(sum / count);
  }
  return margin;
}

Tensor Binding::read(const MeanStates& states, std::size_t order, std::int64_t slot) const {
  const auto s = static_cast<std::size_t>(slot);
  std::vector<std::int64_t> requests, classes, halves[2];
  for (std::size_t e = 0; e < examples_.size(); ++e) {
    const Example& example = examples_[e];
    requests.push_back(example.nouns[order][s]);
    classes.insert(classes.end(), example.classes.begin(), example.classes.end());
    halves[example.first_half[s] ? 0 : 1].push_back(static_cast<std::int64_t>(e));
  }
  const Tensor x = states.rows(requests);                              // (E,D)
  const Tensor y = at::tensor(classes, at::kLong).view({-1, slots_});  // (E,M)
  const Tensor right = at::zeros({x.size(0), slots_}, at::kBool);
  for (const int trained : {0, 1}) {
    const Tensor train = at::tensor(halves[trained], at::kLong),
                 test = at::tensor(halves[1 - trained], at::kLong);
    if (train.size(0) < 2 || test.size(0) < 1)
      throw UserError("too few sets to train a probe of binding; take more sets");
    for (std::int64_t target = 0; target < slots_; ++target) {
      const Tensor scores =
          ridge_scores(x.index_select(0, train), y.index_select(0, train).select(1, target),
                       kClasses, x.index_select(0, test));
      right.select(1, target).index_put_(
          {test}, scores.argmax(1) == y.index_select(0, test).select(1, target));
    }
  }
  return right;
}

std::vector<Measure> Binding::score(const MeanStates& states) const {
  constexpr double kChance = 1.0 / kClasses;
  const auto sets = static_cast<std::int64_t>(sets_);
  std::vector<Measure> sums, cells;
  for (std::size_t o = 0; o < kOrders.size(); ++o) {
    std::vector<Tensor> rows;
    for (std::int64_t slot = 0; slot < slots_; ++slot)
      rows.push_back(read(states, o, slot)
                         .to(at::kDouble)
                         .view({sets, slots_, slots_})  // examples of a set follow each other
                         .mean(1));                     // (G,M) by target
    const Tensor gains = at::stack(rows, 1) - kChance;  // (G,M from,M target)
    const auto add = [&](std::vector<Measure>& to, const std::string& name, const Tensor& values) {
      const Tensor by_set = values.contiguous();  // (G)
      const double* first = by_set.const_data_ptr<double>();
      to.push_back({fmt::format("{}.{}", kOrderNames[o], name), {first, first + sets}});
    };
    const auto others = static_cast<double>(slots_ * (slots_ - 1) / 2);
    add(sums, "own", gains.diagonal(0, 1, 2).mean(1));
    add(sums, "earlier", gains.tril(-1).sum(at::IntArrayRef{1, 2}) / others);
    add(sums, "later", gains.triu(1).sum(at::IntArrayRef{1, 2}) / others);
    const Tensor selectivity = selectivity_of(gains);
    add(sums, "selectivity", selectivity.mean(1));
    for (std::int64_t slot = 0; slot < slots_; ++slot)
      add(cells, fmt::format("selectivity.{}", slot + 1), selectivity.select(1, slot));
    for (std::int64_t from = 0; from < slots_; ++from)
      for (std::int64_t target = 0; target < slots_; ++target)
        add(cells, fmt::format("{}.{}", from + 1, target + 1),
            gains.select(1, from).select(1, target));
  }
  sums.push_back(swap_margin(states));
  for (Measure& measure : measure_swapped_captions(captions_, states))
    sums.push_back(std::move(measure));
  sums.insert(sums.end(), cells.begin(), cells.end());
  return sums;
}

std::vector<ProbeColumn> Binding::columns(std::int64_t) {
  return {{"prenominal.own", "own"},
          {"prenominal.earlier", "earlier"},
          {"prenominal.later", "later", true},
          {"prenominal.selectivity", "selectivity"},
          {"postnominal.own", "own, behind", true},
          {"postnominal.earlier", "earlier, behind"},
          {"postnominal.later", "later, behind"},
          {"swap_margin", "swap margin", true},
          {"swapped_captions", "swapped captions"}};
}

}  // namespace lidit::probes
