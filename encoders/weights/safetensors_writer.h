// Tensors and strings into one safetensors file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "encoders/weights/weight_file.h"

namespace lidit {

/// The data must be valid until the file is written; row-major, of exactly the shape's size.
struct TensorToWrite {
  std::string name;
  StorageType type;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
};

/// Writes beside `path` and renames: `path` is the old file or the whole new one, never a part.
/// Equal arguments give equal bytes; tensors lie by size of element, then by name, so that each is
/// aligned. Throws std::logic_error on duplicate names, on a type that safetensors does not have
/// and on data of another size than the shape's, and as
/// FileWriter does.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace lidit
