// The kinds of model that a GGUF tokenizer can have.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "encoders/text/added_tokens.h"
#include "encoders/text/gguf_metadata.h"
#include "encoders/text/pipeline_tokenizer.h"
#include "encoders/text/sentencepiece_model.h"

namespace lidit {

struct GgufTokens {
  std::vector<std::string> contents;  // the id is the place
  std::vector<PieceType> types;
  Vocabulary all, ordinary;  // with and without the control tokens
  std::vector<AddedToken> control, user_defined;
};

/// What stands around a text when the file does not say.
struct GgufDefaults {
  bool adds_bos = false, adds_eos = false;
};

/// Each fills model, added tokens and normaliser of `parts`; throws FileError.
GgufDefaults read_gguf_byte_level_bpe(const GgufMetadata& file, GgufTokens tokens,
                                      PipelineParts& parts);
GgufDefaults read_gguf_sentencepiece(const GgufMetadata& file, GgufTokens tokens,
                                     SentencePieceFile::Algorithm algorithm, PipelineParts& parts);
GgufDefaults read_gguf_word_piece(const GgufMetadata& file, GgufTokens tokens,
                                  PipelineParts& parts);

}  // namespace lidit
