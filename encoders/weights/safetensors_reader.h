// safetensors: u64 length of a JSON header, the header, then the tensors without gap or overlap.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "encoders/weights/weight_contents.h"

namespace lidit {

/// Longest JSON header that is read, as in the reference implementation.
inline constexpr std::uint64_t kMaximumSafetensorsHeader = 100'000'000;

/// By the first bytes: a length that is not absurd and an opening brace.
bool is_safetensors(std::span<const std::byte> bytes);
/// Tensors in the order of their data. Throws FileError, one sentence that starts with `where`.
WeightContents parse_safetensors(std::span<const std::byte> bytes, std::string_view where);

}  // namespace lidit
