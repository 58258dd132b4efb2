// The tokenizer inside a GGUF file's key-values (tokenizer.ggml.*).
#pragma once
#include <memory>
#include <string_view>

#include "encoders/text/tokenizer.h"
#include "results/fields.h"

namespace lidit {

/// Control and user-defined tokens become added tokens. Throws FileError, one sentence that starts
/// with `where`, on a tokenizer that is broken or of a kind that is not supported.
std::shared_ptr<const Tokenizer> gguf_tokenizer(const Fields& metadata, std::string_view where);

}  // namespace lidit
