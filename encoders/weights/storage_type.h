// How the elements of a tensor lie on disk: single values, or blocks that share a scale.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "encoders/weights/weight_file.h"

namespace lidit {

struct StorageLayout {
  StorageType type;
  std::string_view name;              // "Q4_1"
  std::int64_t block;                 // elements of a block; 1: no blocks
  std::int64_t bytes;                 // bytes of a block
  std::optional<std::uint32_t> gguf;  // ggml's number of the type
  std::string_view safetensors;       // name in a safetensors header; empty: none
};

const StorageLayout& layout_of(StorageType type);
/// nullptr when the type is not supported.
const StorageLayout* find_gguf_type(std::uint32_t number);
const StorageLayout* find_safetensors_type(std::string_view name);
/// ggml's own name of a type that is not supported ("Q2_K"), or "type N".
std::string gguf_type_name(std::uint32_t number);
/// "F32, F16, ...": what an error answers.
std::string supported_gguf_types();
std::string supported_safetensors_types();

/// Bytes of a row-major tensor, or nothing when `shape` overflows, has a negative dimension or
/// rows that are no whole number of blocks.
std::optional<std::uint64_t> storage_bytes(StorageType type, std::span<const std::int64_t> shape);

}  // namespace lidit
