// model.safetensors.index.json: which files of a folder hold a model's tensors.
#pragma once
#include <filesystem>
#include <vector>

namespace lidit {

/// The files that the index's "weight_map" names, each once, by name, beside the index. Throws
/// FileError when the index is no such file, or when it names anything but a file of its folder
/// that ends in .safetensors and is there.
std::vector<std::filesystem::path> read_shard_index(const std::filesystem::path& index);

}  // namespace lidit
