#include "results/byte_lock.h"

#include <cerrno>

#include "results/files.h"

namespace lidit {

ByteLock::ByteLock(const std::filesystem::path& path) : file_(path, O_RDWR | O_CREAT) {
  if (file_.get() < 0) throw_system_error("cannot open", path, errno);
}

ByteLock ByteLock::wait(const std::filesystem::path& path, std::int64_t byte) {
  ByteLock lock(path);
  lock.set(path, byte, F_OFD_SETLKW);
  return lock;
}

std::optional<ByteLock> ByteLock::try_now(const std::filesystem::path& path, std::int64_t byte) {
  ByteLock lock(path);
  if (!lock.set(path, byte, F_OFD_SETLK)) return std::nullopt;
  return lock;
}

bool ByteLock::set(const std::filesystem::path& path, std::int64_t byte, int command) {
  struct flock of_byte {};
  of_byte.l_type = F_WRLCK;
  of_byte.l_whence = SEEK_SET;
  of_byte.l_start = byte;
  of_byte.l_len = 1;
  while (::fcntl(file_.get(), command, &of_byte) != 0) {
    if (command == F_OFD_SETLK && (errno == EAGAIN || errno == EACCES)) return false;
    if (errno != EINTR) throw_system_error("cannot lock", path, errno);
  }
  return true;
}

}  // namespace lidit
