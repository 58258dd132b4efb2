// The models of tokenizer.json: BPE, Unigram and WordPiece.
#pragma once
#include <memory>

#include "encoders/text/json_reader.h"
#include "encoders/text/subword_model.h"

namespace lidit {

/// Every token of the model; throws FileError.
Vocabulary read_vocabulary(const JsonReader& model);
/// `all` has the added tokens too, `ordinary` lacks the special ones; throws FileError.
std::unique_ptr<const SubwordModel> read_model(const JsonReader& file, const Vocabulary& all,
                                               Vocabulary ordinary);

}  // namespace lidit
