// WordPiece: BERT's words, each cut greedily into the longest pieces of the vocabulary.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "encoders/text/bert_normalizer.h"
#include "encoders/text/subword_model.h"

namespace lidit {

struct WordPieceFile {
  Vocabulary vocabulary;  // without the special tokens
  std::int32_t unknown;   // the id of a word that cannot be cut
  std::string continuation = "##";
  std::int64_t longest_word = 100;  // in characters; longer words are unknown
  BertNormalizer normalizer;
};

class WordPiece final : public SubwordModel {
 public:
  explicit WordPiece(WordPieceFile file) : file_(std::move(file)) {}
  void encode(std::string_view text, std::int32_t offset,
              std::vector<Token>& tokens) const override;

 private:
  void encode_word(std::span<const NormalizedCharacter> word, std::int32_t offset,
                   std::vector<Token>& tokens) const;

  WordPieceFile file_;
};

}  // namespace lidit
