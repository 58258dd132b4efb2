// The tokenizer that all kinds of files come to: added tokens, a normaliser, added tokens again,
// then a subword model, then the special tokens around the text.
#pragma once
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "encoders/text/added_tokens.h"
#include "encoders/text/normalizer.h"
#include "encoders/text/subword_model.h"

namespace lidit {

/// What add_special puts around a text.
struct SpecialTokens {
  std::vector<std::int32_t> before, after;
};

struct PipelineParts {
  std::unique_ptr<const SubwordModel> model;
  std::vector<AddedToken> added_tokens;             // found in the text as it is given
  std::vector<AddedToken> normalized_added_tokens;  // found in the normalised text
  std::unique_ptr<const Normalizer> normalizer;     // none: the text stays as it is
  Vocabulary vocabulary;                            // every token, the added ones too
  SpecialTokens special_tokens;
  std::optional<std::int32_t> bos;
};

class PipelineTokenizer final : public Tokenizer {
 public:
  explicit PipelineTokenizer(PipelineParts parts);
  std::vector<Token> encode(std::string_view text, bool add_special) const override;
  std::vector<Token> encode_as_text(std::string_view text, bool add_special) const override;
  std::vector<Token> encode_behind(std::string_view text) const override;
  std::vector<Token> special_tokens_in(std::string_view text) const override;
  std::int64_t vocabulary_size() const override { return size_; }
  std::optional<std::int32_t> find(std::string_view token) const override;
  std::optional<std::int32_t> bos() const override { return parts_.bos; }

 private:
  std::vector<Token> run(std::string_view text, bool at_start, Recognise recognise) const;
  std::vector<Token> surround(std::vector<Token> tokens, std::size_t text_size) const;
  /// Spans are bytes of `text`.
  void encode_part(std::string_view text, bool at_start, Recognise recognise,
                   std::vector<Token>& tokens) const;
  void encode_normalized(std::string_view text, bool at_start, Recognise recognise,
                         std::vector<Token>& tokens) const;

  PipelineParts parts_;
  AddedTokens added_tokens_, normalized_added_tokens_;
  std::int64_t size_;  // highest id + 1
};

}  // namespace lidit
