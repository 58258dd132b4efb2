// Byte-pair encoding's core: which neighbours merge, in which order, into what.
#pragma once
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace lidit {

/// A symbol of a piece under way.
struct BpeSymbol {
  std::int32_t id;
  std::int32_t begin, end;  // bytes of the piece
};

class BpeMerges {
 public:
  void reserve(std::size_t count) { merges_.reserve(count); }
  /// `left` and `right` merge into `result`; lower ranks first. False when the pair is there.
  bool add(std::int32_t left, std::int32_t right, std::int32_t rank, std::int32_t result);
  /// Merges until no pair is left: always the pair of the lowest rank, the leftmost first.
  /// n log n for long pieces, a scan for short ones.
  void merge_all(std::vector<BpeSymbol>& symbols) const;

 private:
  struct Merge {
    std::int32_t rank, result;
  };
  struct PairHash {
    std::size_t operator()(std::uint64_t pair) const {
      return static_cast<std::size_t>((pair ^ pair >> 32) * 0x9E3779B97F4A7C15ull >> 16);
    }
  };
  struct Candidate;
  const Merge* find(std::int32_t left, std::int32_t right) const;
  void merge_short(std::vector<BpeSymbol>& symbols) const;
  void merge_long(std::vector<BpeSymbol>& symbols) const;

  std::unordered_map<std::uint64_t, Merge, PairHash> merges_;
};

}  // namespace lidit
