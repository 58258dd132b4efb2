// SHA-256 of large files, remembered: weights are hashed once, not at every start.
#pragma once
#include <filesystem>
#include <string>

namespace lidit {

/// Hexadecimal SHA-256 of `file`. Kept in `folder` under the file's path, and taken from there
/// while the file has the same size and time of modification. FileError when the file cannot be
/// read.
std::string cached_sha256(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace lidit
