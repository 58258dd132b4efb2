#include "encoders/weights/storage_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace lidit {
namespace {

// In the order of StorageType.
constexpr std::array<StorageLayout, 14> kLayouts{{
    {StorageType::f32, "F32", 1, 4, 0, "F32"},
    {StorageType::f16, "F16", 1, 2, 1, "F16"},
    {StorageType::bf16, "BF16", 1, 2, 30, "BF16"},
    {StorageType::q8_0, "Q8_0", 32, 34, 8, ""},
    {StorageType::q4_0, "Q4_0", 32, 18, 2, ""},
    {StorageType::q4_1, "Q4_1", 32, 20, 3, ""},
    {StorageType::q5_0, "Q5_0", 32, 22, 6, ""},
    {StorageType::q5_1, "Q5_1", 32, 24, 7, ""},
    {StorageType::q4_k, "Q4_K", 256, 144, 12, ""},
    {StorageType::q5_k, "Q5_K", 256, 176, 13, ""},
    {StorageType::q6_k, "Q6_K", 256, 210, 14, ""},
    {StorageType::i32, "I32", 1, 4, 26, "I32"},
    {StorageType::i64, "I64", 1, 8, 27, "I64"},
    {StorageType::u8, "U8", 1, 1, std::nullopt, "U8"},
}};

struct OtherType {
  std::uint32_t number;
  std::string_view name;
};
constexpr OtherType kOtherGgufTypes[] = {
    {9, "Q8_1"},    {10, "Q2_K"},    {11, "Q3_K"},  {15, "Q8_K"},   {16, "IQ2_XXS"},
    {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"}, {20, "IQ4_NL"}, {21, "IQ3_S"},
    {22, "IQ2_S"},  {23, "IQ4_XS"},  {24, "I8"},    {25, "I16"},    {28, "F64"},
    {29, "IQ1_M"},  {34, "TQ1_0"},   {35, "TQ2_0"}, {39, "MXFP4"},
};

template <class Keep>
std::string join_names(Keep keep) {
  std::string names;
  for (const StorageLayout& layout : kLayouts)
    if (keep(layout)) names += fmt::format("{}{}", names.empty() ? "" : ", ", layout.name);
  return names;
}

}  // namespace

const StorageLayout& layout_of(StorageType type) {
  return kLayouts.at(static_cast<std::size_t>(type));
}

std::string_view name_of(StorageType type) { return layout_of(type).name; }

const StorageLayout* find_gguf_type(std::uint32_t number) {
  const auto found = std::find_if(kLayouts.begin(), kLayouts.end(),
                                  [&](const StorageLayout& l) { return l.gguf == number; });
  return found == kLayouts.end() ? nullptr : &*found;
}

const StorageLayout* find_safetensors_type(std::string_view name) {
  const auto found = std::find_if(kLayouts.begin(), kLayouts.end(), [&](const StorageLayout& l) {
    return !name.empty() && l.safetensors == name;
  });
  return found == kLayouts.end() ? nullptr : &*found;
}

std::string gguf_type_name(std::uint32_t number) {
  for (const OtherType& other : kOtherGgufTypes)
    if (other.number == number) return std::string(other.name);
  return fmt::format("type {}", number);
}

std::string supported_gguf_types() {
  return join_names([](const StorageLayout& l) { return l.gguf.has_value(); });
}

std::string supported_safetensors_types() {
  return join_names([](const StorageLayout& l) { return !l.safetensors.empty(); });
}

std::optional<std::uint64_t> storage_bytes(StorageType type, std::span<const std::int64_t> shape) {
  const StorageLayout& layout = layout_of(type);
  if (layout.block > 1 && (shape.empty() || shape.back() % layout.block != 0)) return std::nullopt;
  // Counted in bytes from the start, so that neither count nor bytes can overflow int64. A zero
  // dimension does not excuse an overflow before or after it.
  std::int64_t bytes = layout.bytes;
  bool empty = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t size = i + 1 == shape.size() ? shape[i] / layout.block : shape[i];
    if (shape[i] < 0) return std::nullopt;
    if (shape[i] == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(bytes, size, &bytes)) {
      return std::nullopt;
    }
  }
  if (empty) return 0;
  std::int64_t count = 0;
  if (__builtin_mul_overflow(bytes / layout.bytes, layout.block, &count)) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace lidit
