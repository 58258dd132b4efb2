// The pre-tokenizers of tokenizer.json.
#pragma once
#include <string>
#include <vector>

#include "encoders/text/json_reader.h"
#include "encoders/text/segmented_model.h"

namespace lidit {

struct JsonPreTokenizer {
  std::vector<SegmentedModel::Stage> stages;
  bool byte_level = false;  // the last stage spells bytes
};

/// Of the member "pre_tokenizer"; none: no stage. Throws FileError.
JsonPreTokenizer read_pre_tokenizer(const JsonReader& file);
/// The member "pattern" as a regular expression: {"Regex": ...} or {"String": ...}.
std::string read_pattern(const JsonReader& entry);

}  // namespace lidit
