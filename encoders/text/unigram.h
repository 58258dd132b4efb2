// The unigram model: of all ways to cut a piece, the one whose scores add up highest (Kudo 2018,
// arXiv 1804.10959).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/piece_trie.h"
#include "encoders/text/segmented_model.h"
#include "encoders/text/unknown_pieces.h"

namespace lidit {

struct ScoredPiece {
  std::string text;
  double score;  // logarithm of its probability
  std::int32_t id;
  bool user_defined = false;
};

struct UnigramFile {
  std::vector<ScoredPiece> pieces;
  UnknownPieces unknown;
  double minimum_score = 0;       // an unknown character has 10 less
  bool single_precision = false;  // scores add up in fp32, as SentencePiece does
};

class Unigram final : public PieceModel {
 public:
  explicit Unigram(UnigramFile file);
  /// The best cut by Viterbi's algorithm; of equal ones that with the longer first piece.
  void encode(std::string_view piece, std::vector<Token>& tokens) const override;

 private:
  double add(double a, double b) const {
    return file_.single_precision ? double{static_cast<float>(a) + static_cast<float>(b)} : a + b;
  }

  UnigramFile file_;
  PieceTrie trie_;  // to places in file_.pieces
};

}  // namespace lidit
