// WordPiece: each word cut greedily into the longest pieces of the vocabulary.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/segmented_model.h"

namespace lidit {

struct WordPieceFile {
  Vocabulary vocabulary;  // without the special tokens
  std::int32_t unknown;   // the id of a word that cannot be cut
  std::string continuation = "##";
  std::int64_t longest_word = 100;  // in characters; longer words are unknown
};

class WordPiece final : public PieceModel {
 public:
  explicit WordPiece(WordPieceFile file) : file_(std::move(file)) {}
  void encode(std::string_view word, std::vector<Token>& tokens) const override;

 private:
  WordPieceFile file_;
};

/// BERT's words: cut at white space, which is dropped, and around ASCII's symbols and Unicode's
/// punctuation (P*).
std::vector<SegmentedModel::Stage> bert_words();

}  // namespace lidit
