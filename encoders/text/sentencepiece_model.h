// SentencePiece: text normalised by the model's own rules, spaces written as U+2581, then cut by
// the unigram model or byte-pair encoding without regard to words (Kudo and Richardson 2018, arXiv
// 1808.06226).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/aligned_text.h"
#include "encoders/text/character_map.h"
#include "encoders/text/piece_trie.h"
#include "encoders/text/segmented_model.h"
#include "encoders/text/subword_model.h"

namespace lidit {

/// What kind of piece a SentencePiece file or a GGUF file says a token is; their numbers.
enum class PieceType : std::int64_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

struct SentencePiece {
  std::string text;
  float score = 0;
  PieceType type = PieceType::normal;
};

struct SentencePieceNormalization {
  std::optional<CharacterMap> map;
  bool add_dummy_prefix = true;          // a space before the text
  bool remove_extra_whitespaces = true;  // none at the ends, one in between
  bool escape_whitespaces = true;        // U+2581 for a space
  bool whitespace_as_suffix = false;     // the dummy stands behind the text
};

struct SentencePieceFile {
  enum class Algorithm { unigram, bpe };
  Algorithm algorithm = Algorithm::unigram;
  std::vector<SentencePiece> pieces;  // the id is the place
  SentencePieceNormalization normalization;
  bool byte_fallback = false;
};

class SentencePieceModel final : public SubwordModel {
 public:
  /// Throws FileError, beginning with `where`: no unknown piece or several, byte fall-back without
  /// the pieces of all bytes, pieces that are empty, no UTF-8 or not finite.
  SentencePieceModel(SentencePieceFile file, std::string_view where);
  void encode(std::string_view text, bool at_start, std::vector<Token>& tokens) const override;

 private:
  AlignedText normalize(std::string_view text, bool at_start) const;
  struct Prefix {
    std::string_view replacement;
    std::size_t size;
  };
  Prefix normalize_prefix(std::string_view text) const;

  SentencePieceNormalization normalization_;
  PieceTrie user_defined_;
  std::unique_ptr<const PieceModel> model_;
};

}  // namespace lidit
