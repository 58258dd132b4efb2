// A file mapped read-only into memory for as long as the object lives.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>

namespace lidit {

class MappedFile {
 public:
  /// Throws FileError when `path` is no regular file, cannot be read or is empty.
  explicit MappedFile(std::filesystem::path path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }
  /// Takes the whole pages of `part` out of memory; they come back from the file when read again.
  void release(std::span<const std::byte> part) const;

 private:
  std::filesystem::path path_;
  std::span<const std::byte> bytes_;
};

}  // namespace lidit
