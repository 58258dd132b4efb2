#include "metrics/probes/sets/latin_square.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "results/fields.h"
#include "results/philox.h"

namespace lidit::probes {
namespace {

constexpr int kTries = 100;  // a walk through all pairs may end short of M where there are few

void check(const SetOptions& options) {
  if (options.pairs < 2)
    throw UserError(fmt::format("a set of {} pair{} has no positions to compare; take at least 2",
                                options.pairs, options.pairs == 1 ? "" : "s"));
  if (options.sets < 1) throw UserError("there is nothing to probe in no sets; take at least 1");
}

/// The first M pairs of a random order that share no word with those before them.
std::optional<std::vector<Pair>> draw_pairs(const PairCategory& category, std::int64_t count,
                                            Philox& random) {
  std::vector<Pair> drawn;
  std::set<std::string> words;
  for (const std::int64_t i : random.permutation(std::ssize(category.pairs))) {
    const Pair& pair = category.pairs[static_cast<std::size_t>(i)];
    if (words.contains(pair.adjective) || words.contains(pair.noun)) continue;
    words.insert({pair.adjective, pair.noun});
    drawn.push_back(pair);
    if (std::ssize(drawn) == count) return drawn;
  }
  return std::nullopt;
}

std::vector<Pair> draw_set(const PairCategory& category, std::int64_t count, Philox& random) {
  for (int i = 0; i < kTries; ++i)
    if (auto pairs = draw_pairs(category, count, random)) return *pairs;
  throw UserError(fmt::format(
      "the category '{}' has {} adjectives and {} nouns, too few for sets of {} pairs without a "
      "word in common; take fewer pairs",
      category.name, category.adjectives().size(), category.nouns().size(), count));
}

}  // namespace

std::vector<Pair> PairSet::rotated(std::int64_t rotation) const {
  std::vector<Pair> order;
  for (std::int64_t slot = 0; slot < size(); ++slot)
    order.push_back(pairs[static_cast<std::size_t>(pair_at(slot, rotation))]);
  return order;
}

std::vector<PairSet> draw_sets(std::span<const PairCategory> categories,
                               const SetOptions& options) {
  check(options);
  std::vector<PairSet> sets;
  for (std::int64_t g = 0; g < options.sets; ++g) {
    Philox random(options.seed, "positional sets", static_cast<std::uint64_t>(g));
    const std::int64_t category = g % std::ssize(categories);
    sets.push_back({category, draw_set(categories[static_cast<std::size_t>(category)],
                                       options.pairs, random)});
  }
  return sets;
}

std::string to_json_lines(std::span<const PairSet> sets, std::span<const PairCategory> categories,
                          const SetOptions& options) {
  std::string lines;
  for (std::size_t g = 0; g < sets.size(); ++g) {
    const PairSet& set = sets[g];
    for (std::int64_t rotation = 0; rotation < set.size(); ++rotation) {
      const std::vector<Pair> order = set.rotated(rotation);
      std::vector<std::string> segments, adjectives, nouns;
      for (const Pair& pair : order) {
        segments.push_back(pair.adjective + " " + pair.noun);
        adjectives.push_back(pair.adjective);
        nouns.push_back(pair.noun);
      }
      lines += to_json(Fields{{"seed", static_cast<std::int64_t>(options.seed)},
                              {"set", static_cast<std::int64_t>(g)},
                              {"rotation", rotation},
                              {"category", categories[static_cast<std::size_t>(set.category)].name},
                              {"prompt", list_pairs(order, {.listing = options.listing}).text},
                              {"segments", segments},
                              {"adjectives", adjectives},
                              {"nouns", nouns}}) +
               "\n";
    }
  }
  return lines;
}

}  // namespace lidit::probes
