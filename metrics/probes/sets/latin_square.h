// Sets of prompts in which every pair stands once at every slot (a cyclic Latin square): what
// differs from slot to slot is then the position, not the pair.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/probes/sets/adjective_nouns.h"

namespace lidit::probes {

/// M pairs of one category with distinct nouns and adjectives. Rotation s (0..M-1) has pair i at
/// slot (i + s) mod M.
struct PairSet {
  std::int64_t category;  // in the list that the set was drawn from
  std::vector<Pair> pairs;

  std::int64_t size() const { return static_cast<std::int64_t>(pairs.size()); }
  std::int64_t slot_of(std::int64_t pair, std::int64_t rotation) const {
    return (pair + rotation) % size();
  }
  std::int64_t pair_at(std::int64_t slot, std::int64_t rotation) const {
    return (slot - rotation + size()) % size();
  }
  /// The pairs in the order of a rotation's slots.
  std::vector<Pair> rotated(std::int64_t rotation) const;
};

struct SetOptions {
  std::int64_t sets = 250;  // times `pairs` rotations: 1,000 prompts, the size of LI-DiT's test
  std::int64_t pairs = 4;   // M
  Listing listing = Listing::and_before_last;
  std::uint64_t seed = 0;
};

/// Set g is of category g mod C and a function of (seed, g) alone, so that more sets begin with
/// the same ones. UserError when M < 2, when there is no set, or when a category has too few
/// adjectives and nouns for M pairs.
std::vector<PairSet> draw_sets(std::span<const PairCategory> categories, const SetOptions& options);

/// The sets as JSON Lines, one prompt a line, rotation after rotation: seed, set, rotation,
/// category, prompt, and its segments, adjectives and nouns in the order of the slots.
std::string to_json_lines(std::span<const PairSet> sets, std::span<const PairCategory> categories,
                          const SetOptions& options);

}  // namespace lidit::probes
