// CLIP's vocabulary (bpe_simple_vocab_16e6.txt.gz): a line per merge, from which all ids follow.
#pragma once
#include <memory>
#include <string_view>

#include "encoders/text/tokenizer.h"

namespace lidit {

/// `compressed`: the gzip file. Text is composed (NFC), white space joined and lower-cased, as the
/// published tokenizer.json of CLIP does; the clean-up of broken encodings and HTML entities in
/// the first implementation is not made. Throws FileError, one sentence that starts with `where`.
std::shared_ptr<const Tokenizer> parse_clip_vocabulary(std::string_view compressed,
                                                       std::string_view where);

}  // namespace lidit
