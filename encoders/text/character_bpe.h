// Byte-pair encoding over characters, as tokenizer.json has it without ByteLevel (Llama 2, Gemma).
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "encoders/text/bpe_merges.h"
#include "encoders/text/segmented_model.h"
#include "encoders/text/unknown_pieces.h"

namespace lidit {

struct CharacterBpeFile {
  Vocabulary vocabulary;                                    // without the special tokens
  std::vector<std::pair<std::string, std::string>> merges;  // the first has the highest priority
  UnknownPieces unknown;
  bool ignore_merges = false;  // a piece that is a token as a whole is taken without merging
  std::string end_of_word;     // written behind the last character of a piece
};

class CharacterBpe final : public PieceModel {
 public:
  /// Throws FileError, beginning with `where`, on merges of or into unknown tokens.
  CharacterBpe(CharacterBpeFile file, std::string_view where);
  void encode(std::string_view piece, std::vector<Token>& tokens) const override;

 private:
  CharacterBpeFile file_;
  BpeMerges merges_;
};

}  // namespace lidit
