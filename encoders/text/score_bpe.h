// SentencePiece's byte-pair encoding: neighbours merge that are a piece together, the one with the
// highest score first.
#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "encoders/text/piece_trie.h"
#include "encoders/text/segmented_model.h"
#include "encoders/text/unigram.h"
#include "encoders/text/unknown_pieces.h"

namespace lidit {

struct ScoreBpeFile {
  std::vector<ScoredPiece> pieces;
  UnknownPieces unknown;
  std::vector<bool> unused;  // one a piece: merged through, then taken apart again
};

class ScoreBpe final : public PieceModel {
 public:
  explicit ScoreBpe(const ScoreBpeFile& file);
  /// n log n.
  void encode(std::string_view text, std::vector<Token>& tokens) const override;

 private:
  struct Entry {
    std::int32_t id;
    float score;
    bool unused;
  };
  struct Symbol;
  struct Candidate;
  class Run;
  const Entry* find(std::string_view text) const;

  std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries_;
  PieceTrie user_defined_;
  UnknownPieces unknown_;
};

}  // namespace lidit
