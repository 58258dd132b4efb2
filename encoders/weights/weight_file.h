// Weights on disk, memory-mapped: GGUF v2/v3 and safetensors behind one view. Files are hostile
// input: every length and offset is checked before use.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/fields.h"

namespace lidit {

enum class StorageType {
  f32,
  f16,
  bf16,
  q8_0,
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q4_k,
  q5_k,
  q6_k,
  i32,
  i64,
  u8
};
std::string_view name_of(StorageType type);

/// A tensor of the file; valid as long as the file is open.
struct TensorView {
  std::string name;
  StorageType type;
  std::vector<std::int64_t> shape;  // row-major: the last dimension is contiguous
  std::span<const std::byte> data;  // may be unaligned
  std::int64_t count() const;       // number of elements
};

class WeightFile {
 public:
  virtual ~WeightFile() = default;
  /// Chosen by the file's first bytes; throws FileError (broken, unknown kind) with one sentence.
  static std::shared_ptr<const WeightFile> open(const std::filesystem::path& path);

  virtual const std::filesystem::path& path() const = 0;
  virtual std::span<const TensorView> tensors() const = 0;
  /// GGUF's key-values (arrays of strings and numbers too); safetensors' __metadata__.
  virtual const Fields& metadata() const = 0;
  /// Takes the tensor's pages out of memory until they are read again.
  virtual void release(const TensorView& tensor) const = 0;
  /// The tensor called `name`, or nullptr.
  const TensorView* find(std::string_view name) const;
};

/// Values of a tensor of any storage type as fp32, bit for bit as the `gguf` package computes them.
/// out.size() must be tensor.count().
void dequantize(const TensorView& tensor, std::span<float> out);

}  // namespace lidit
