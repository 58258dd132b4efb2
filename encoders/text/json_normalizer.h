// The normalisers of tokenizer.json.
#pragma once
#include <memory>

#include "encoders/text/json_reader.h"
#include "encoders/text/normalizer.h"

namespace lidit {

/// Of the member "normalizer"; nullptr when there is none. Throws FileError.
std::unique_ptr<const Normalizer> read_normalizer(const JsonReader& file);

}  // namespace lidit
