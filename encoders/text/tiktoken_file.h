// Rank files of tiktoken: a line per token, its bytes in base64 and its rank.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "encoders/text/tokenizer.h"

namespace lidit {

/// By the first line: base64, a space, a number.
bool is_tiktoken(std::string_view text);
/// A rank file has neither its pattern nor its special tokens: `encoding` names both. Throws
/// UserError when it is none of tiktoken_encodings(), FileError, one sentence that starts with
/// `where`, on a broken file or ranks that the encoding's special tokens take.
std::shared_ptr<const Tokenizer> parse_tiktoken(std::string_view text, std::string_view where,
                                                std::string_view encoding);
/// "r50k_base, ...".
std::string tiktoken_encodings();

}  // namespace lidit
