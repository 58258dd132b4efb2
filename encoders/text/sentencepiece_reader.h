// SentencePiece's model file: a protobuf message (sentencepiece_model.proto).
#pragma once
#include <memory>
#include <string_view>

#include "encoders/text/tokenizer.h"

namespace lidit {

/// By the first bytes: a first field that is a piece.
bool is_sentencepiece(std::string_view bytes);
/// The file names BOS and EOS, but not whether they stand around a text: that is for whoever
/// publishes the model to say.
struct SentencePieceFrame {
  bool adds_bos = false, adds_eos = false;
};
/// Throws FileError, one sentence that starts with `where`: broken, neither unigram nor BPE, or
/// without the tokens of `frame`.
std::shared_ptr<const Tokenizer> parse_sentencepiece(std::string_view bytes, std::string_view where,
                                                     const SentencePieceFrame& frame = {});

}  // namespace lidit
