// The post-processors of tokenizer.json: what stands around a text.
#pragma once
#include "encoders/text/json_reader.h"
#include "encoders/text/pipeline_tokenizer.h"

namespace lidit {

/// Adds the tokens of `post` to `special`. ByteLevel as a post-processor only trims spans, which
/// are exact bytes here. Throws FileError.
void read_post_processor(const JsonReader& post, SpecialTokens& special);

}  // namespace lidit
