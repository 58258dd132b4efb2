// Byte-level byte-pair encoding: GPT-2's, and that of most language models since.
#pragma once
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "encoders/text/bpe_merges.h"
#include "encoders/text/pre_tokenizer.h"
#include "encoders/text/subword_model.h"

namespace lidit {

/// What a file says of a byte-level BPE. Tokens are spelt in GPT-2's alphabet: one printable
/// character per byte.
struct ByteLevelBpeFile {
  Vocabulary vocabulary;                                    // without the special tokens
  std::vector<std::pair<std::string, std::string>> merges;  // the first has the highest priority
  PreTokenizer pre_tokenizer;
  bool ignore_merges = false;  // a piece that is a token as a whole is taken without merging
  std::string end_of_word;     // written behind the last byte of a piece: CLIP's "</w>"
};

/// Any two neighbours merge that are a token together, the one of the lowest id first: tiktoken.
struct RankedTokens {
  Vocabulary tokens;  // bytes, not spelt, to ranks
  PreTokenizer pre_tokenizer;
};

class ByteLevelBpe final : public SubwordModel {
 public:
  /// Throws FileError, beginning with `where`, on merges of or into unknown tokens.
  ByteLevelBpe(ByteLevelBpeFile file, std::string_view where);
  explicit ByteLevelBpe(RankedTokens file);
  /// A byte that has no token is left out, as the reference does (SmolLM2 has none for 0x04).
  void encode(std::string_view text, bool at_start, std::vector<Token>& tokens) const override;
  /// Whether every byte has a token.
  bool covers_all_bytes() const;

 private:
  void remember_whole_tokens(const Vocabulary& tokens_by_bytes, bool all);
  void symbols_of(std::string_view piece, std::vector<BpeSymbol>& symbols) const;

  BpeMerges merges_;
  std::array<std::int32_t, 256> byte_ids_;       // -1: no token
  std::array<std::int32_t, 256> last_byte_ids_;  // of the last byte of a piece
  Vocabulary whole_;  // by bytes: the pieces that are known to end as this one token
  PreTokenizer pre_tokenizer_;
};

}  // namespace lidit
