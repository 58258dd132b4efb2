// Byte-level byte-pair encoding: GPT-2's, and that of most language models since.
#pragma once
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "encoders/text/pre_tokenizer.h"
#include "encoders/text/subword_model.h"

namespace lidit {

/// What a file says of a byte-level BPE. Tokens are spelt in GPT-2's alphabet: one printable
/// character per byte.
struct ByteLevelBpeFile {
  Vocabulary vocabulary;                                    // without the special tokens
  std::vector<std::pair<std::string, std::string>> merges;  // the first has the highest priority
  std::vector<KnownPattern> stages;
  bool ignore_merges = false;  // a piece that is a token as a whole is taken without merging
};

class ByteLevelBpe final : public SubwordModel {
 public:
  /// Throws FileError, beginning with `where`, on merges of or into unknown tokens.
  ByteLevelBpe(ByteLevelBpeFile file, std::string_view where);
  /// A byte that has no token is left out, as the reference does (SmolLM2 has none for 0x04).
  void encode(std::string_view text, std::int32_t offset,
              std::vector<Token>& tokens) const override;
  /// Whether every byte has a token.
  bool covers_all_bytes() const;

 private:
  struct Merge {
    std::int32_t rank, result;
  };
  struct PairHash {
    std::size_t operator()(std::uint64_t pair) const {
      return static_cast<std::size_t>((pair ^ pair >> 32) * 0x9E3779B97F4A7C15ull);
    }
  };
  struct Symbol;
  struct Candidate;
  struct Scratch;
  void encode_piece(std::string_view piece, std::int32_t begin, Scratch& scratch,
                    std::vector<Token>& tokens) const;
  void merge_all(Scratch& scratch) const;
  void consider(Scratch& scratch, std::int32_t left) const;

  Vocabulary vocabulary_;
  std::unordered_map<std::uint64_t, Merge, PairHash> merges_;
  std::array<std::int32_t, 256> byte_ids_;  // -1: no token
  PreTokenizer pre_tokenizer_;
  bool ignore_merges_;
};

}  // namespace lidit
