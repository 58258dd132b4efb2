#include "encoders/text/bpe_merges.h"

#include <algorithm>
#include <array>
#include <limits>
#include <queue>
#include <utility>

namespace lidit {
namespace {

constexpr std::size_t kShortPiece = 32;  // up to here scanning beats the heap

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
         static_cast<std::uint32_t>(right);
}

}  // namespace

struct BpeMerges::Candidate {
  std::int32_t rank, left, result;
  bool operator<(const Candidate& other) const {  // the heap's top is the least: rank, then place
    return std::pair(rank, left) > std::pair(other.rank, other.left);
  }
};

bool BpeMerges::add(std::int32_t left, std::int32_t right, std::int32_t rank, std::int32_t result) {
  return merges_.emplace(pair_key(left, right), Merge{rank, result}).second;
}

const BpeMerges::Merge* BpeMerges::find(std::int32_t left, std::int32_t right) const {
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

void BpeMerges::merge_all(std::vector<BpeSymbol>& symbols) const {
  if (symbols.size() < 2) return;
  if (symbols.size() <= kShortPiece) {
    merge_short(symbols);
  } else {
    merge_long(symbols);
  }
}

void BpeMerges::merge_short(std::vector<BpeSymbol>& symbols) const {
  constexpr Merge kNone{std::numeric_limits<std::int32_t>::max(), -1};
  std::array<Merge, kShortPiece> pairs;  // of symbol i with its successor
  const auto look_up = [&](std::size_t i) {
    const Merge* merge = find(symbols[i].id, symbols[i + 1].id);
    pairs[i] = merge ? *merge : kNone;
  };
  std::size_t count = symbols.size();
  for (std::size_t i = 0; i + 1 < count; ++i) look_up(i);
  while (count > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < count; ++i)
      if (pairs[i].rank < pairs[best].rank) best = i;
    if (pairs[best].result < 0) break;
    symbols[best] = {pairs[best].result, symbols[best].begin, symbols[best + 1].end};
    for (std::size_t i = best + 1; i + 1 < count; ++i) {
      symbols[i] = symbols[i + 1];
      pairs[i] = pairs[i + 1];
    }
    --count;
    if (best > 0) look_up(best - 1);
    if (best + 1 < count) look_up(best);
  }
  symbols.resize(count);
}

void BpeMerges::merge_long(std::vector<BpeSymbol>& symbols) const {
  struct Links {
    std::int32_t previous, next;  // -1: none
  };
  const auto count = static_cast<std::int32_t>(symbols.size());
  std::vector<Links> links(symbols.size());
  for (std::int32_t i = 0; i < count; ++i)
    links[static_cast<std::size_t>(i)] = {i - 1, i + 1 < count ? i + 1 : -1};
  const auto at = [&](std::int32_t i) -> BpeSymbol& {
    return symbols[static_cast<std::size_t>(i)];
  };
  const auto link = [&](std::int32_t i) -> Links& { return links[static_cast<std::size_t>(i)]; };
  std::priority_queue<Candidate> candidates;
  const auto consider = [&](std::int32_t left) {
    if (left < 0 || link(left).next < 0) return;
    if (const Merge* merge = find(at(left).id, at(link(left).next).id))
      candidates.push({merge->rank, left, merge->result});
  };
  for (std::int32_t i = 0; i < count; ++i) consider(i);
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    if (at(best.left).id < 0 || link(best.left).next < 0) continue;  // merged away, or last by now
    const std::int32_t right = link(best.left).next;
    const Merge* merge = find(at(best.left).id, at(right).id);
    if (!merge || merge->result != best.result) continue;  // outdated
    at(best.left) = {best.result, at(best.left).begin, at(right).end};
    at(right).id = -1;
    link(best.left).next = link(right).next;
    if (link(right).next >= 0) link(link(right).next).previous = best.left;
    consider(link(best.left).previous);
    consider(best.left);
  }
  std::erase_if(symbols, [](const BpeSymbol& symbol) { return symbol.id < 0; });
}

}  // namespace lidit
