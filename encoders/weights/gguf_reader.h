// GGUF v2 and v3, little-endian: header, typed key-values, tensor table, aligned data
// (ggml's docs/gguf.md).
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "encoders/weights/weight_contents.h"

namespace lidit {

bool is_gguf(std::span<const std::byte> bytes);
/// Throws FileError, one sentence that starts with `where`: truncated, lying, of a version, value
/// type or quantisation that is not supported. Allocates no more than a small multiple of `bytes`.
WeightContents parse_gguf(std::span<const std::byte> bytes, std::string_view where);
/// The key-values alone: what a tokenizer needs, also of a file whose tensors are not supported.
Fields parse_gguf_metadata(std::span<const std::byte> bytes, std::string_view where);

}  // namespace lidit
