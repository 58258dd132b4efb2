// Hugging Face's tokenizer.json.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "encoders/text/tokenizer.h"

namespace lidit {

/// Truncation and padding are ignored. Throws FileError, one sentence that starts with `where`: on
/// broken JSON, and on any normalizer, pre-tokenizer, model or post-processor setting that would
/// change ids and is not supported. `bos` is the content of the BOS token, which tokenizer.json
/// itself does not name.
std::shared_ptr<const Tokenizer> parse_tokenizer_json(std::string_view text, std::string_view where,
                                                      const std::optional<std::string>& bos = {});

}  // namespace lidit
