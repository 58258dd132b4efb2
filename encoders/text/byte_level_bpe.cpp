#include "encoders/text/byte_level_bpe.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <queue>

#include "encoders/text/utf8.h"
#include "results/errors.h"

namespace lidit {
namespace {

// GPT-2's alphabet: printable Latin-1 bytes stand for themselves, the others, in order, for the
// characters from U+0100.
std::array<std::string, 256> byte_alphabet() {
  std::array<std::string, 256> alphabet;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
    append_utf8(alphabet[byte], printable ? byte : next++);
  }
  return alphabet;
}

const std::array<std::string, 256>& alphabet() {
  static const auto table = byte_alphabet();
  return table;
}

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
         static_cast<std::uint32_t>(right);
}

}  // namespace

// A piece under way: symbols form a doubly linked list by index, candidates wait in a heap.
struct ByteLevelBpe::Symbol {
  std::int32_t id, begin, end;
  std::int32_t previous, next;  // -1: none
};

struct ByteLevelBpe::Candidate {
  std::int32_t rank, left, result;
  bool operator<(const Candidate& other) const {  // the heap's top is the least: rank, then place
    return std::pair(rank, left) > std::pair(other.rank, other.left);
  }
};

struct ByteLevelBpe::Scratch {
  std::vector<Symbol> symbols;
  std::priority_queue<Candidate> candidates;
};

ByteLevelBpe::ByteLevelBpe(ByteLevelBpeFile file, std::string_view where)
    : vocabulary_(std::move(file.vocabulary)),
      pre_tokenizer_(file.stages),
      ignore_merges_(file.ignore_merges) {
  const auto id_of = [&](const std::string& token, std::size_t merge) {
    const auto id = find_id(vocabulary_, token);
    if (!id)
      throw FileError(
          fmt::format("{}: merge {} needs '{}', which is no ordinary token.", where, merge, token));
    return *id;
  };
  merges_.reserve(file.merges.size());
  for (std::size_t i = 0; i < file.merges.size(); ++i) {
    const auto& [left, right] = file.merges[i];
    const Merge merge{static_cast<std::int32_t>(i), id_of(left + right, i)};
    if (!merges_.emplace(pair_key(id_of(left, i), id_of(right, i)), merge).second)
      throw FileError(
          fmt::format("{}: merge {} ('{}' '{}') appears twice.", where, i, left, right));
  }
  for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte)
    byte_ids_[byte] = find_id(vocabulary_, alphabet()[byte]).value_or(-1);
}

bool ByteLevelBpe::covers_all_bytes() const {
  return std::find(byte_ids_.begin(), byte_ids_.end(), -1) == byte_ids_.end();
}

void ByteLevelBpe::encode(std::string_view text, std::int32_t offset,
                          std::vector<Token>& tokens) const {
  Scratch scratch;
  for (const std::string_view piece : pre_tokenizer_.split(text))
    encode_piece(piece, offset + static_cast<std::int32_t>(piece.data() - text.data()), scratch,
                 tokens);
}

void ByteLevelBpe::encode_piece(std::string_view piece, std::int32_t begin, Scratch& scratch,
                                std::vector<Token>& tokens) const {
  const auto size = static_cast<std::int32_t>(piece.size());
  if (ignore_merges_) {
    std::string spelt;
    for (const char byte : piece) spelt += alphabet()[static_cast<unsigned char>(byte)];
    if (const auto whole = find_id(vocabulary_, spelt))
      return tokens.push_back({*whole, begin, begin + size});
  }
  scratch.symbols.clear();
  for (std::int32_t i = 0; i < size; ++i) {
    const std::int32_t id =
        byte_ids_[static_cast<unsigned char>(piece[static_cast<std::size_t>(i)])];
    if (id < 0) continue;
    const auto place = static_cast<std::int32_t>(scratch.symbols.size());
    scratch.symbols.push_back({id, begin + i, begin + i + 1, place - 1, place + 1});
  }
  if (scratch.symbols.empty()) return;
  scratch.symbols.back().next = -1;
  merge_all(scratch);
  // The first symbol is never merged away: a merge keeps its left symbol.
  for (std::int32_t at = 0; at >= 0;) {
    const Symbol& symbol = scratch.symbols[static_cast<std::size_t>(at)];
    tokens.push_back({symbol.id, symbol.begin, symbol.end});
    at = symbol.next;
  }
}

/// Puts the merge of `left` with its successor into the heap, if there is one.
void ByteLevelBpe::consider(Scratch& scratch, std::int32_t left) const {
  if (left < 0) return;
  const Symbol& symbol = scratch.symbols[static_cast<std::size_t>(left)];
  if (symbol.next < 0) return;
  const auto found =
      merges_.find(pair_key(symbol.id, scratch.symbols[static_cast<std::size_t>(symbol.next)].id));
  if (found != merges_.end())
    scratch.candidates.push({found->second.rank, left, found->second.result});
}

/// Merges until no pair is left: always the pair of the lowest rank, the leftmost first. n log n.
void ByteLevelBpe::merge_all(Scratch& scratch) const {
  auto& symbols = scratch.symbols;
  for (std::size_t i = 0; i < symbols.size(); ++i) consider(scratch, static_cast<std::int32_t>(i));
  while (!scratch.candidates.empty()) {
    const Candidate best = scratch.candidates.top();
    scratch.candidates.pop();
    Symbol& left = symbols[static_cast<std::size_t>(best.left)];
    if (left.id < 0 || left.next < 0) continue;  // merged away, or last by now
    Symbol& right = symbols[static_cast<std::size_t>(left.next)];
    const auto found = merges_.find(pair_key(left.id, right.id));
    if (found == merges_.end() || found->second.result != best.result) continue;  // outdated
    left = {best.result, left.begin, right.end, left.previous, right.next};
    right.id = -1;
    if (left.next >= 0) symbols[static_cast<std::size_t>(left.next)].previous = best.left;
    consider(scratch, left.previous);
    consider(scratch, best.left);
  }
}

}  // namespace lidit
