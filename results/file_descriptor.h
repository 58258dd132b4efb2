// A file descriptor with an owner.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace lidit {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  /// open(2) of `path`, closed on exec; -1 and errno when that fails. A new file may be read and
  /// written by all whom the umask allows.
  FileDescriptor(const std::filesystem::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  /// The descriptor, which is the caller's to close from now on.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace lidit
