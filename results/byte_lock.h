// Locks between processes and threads: one byte of a file each.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>

#include "results/file_descriptor.h"

namespace lidit {

/// Held until it is destroyed or its process ends, however it ends. The file is made where there
/// is none; its bytes need not exist. Every lock is of its own: threads exclude each other too.
class ByteLock {
 public:
  /// Waits for it. Throws UserError or MachineError when the file cannot be opened or locked.
  static ByteLock wait(const std::filesystem::path& path, std::int64_t byte);
  /// Nothing while another one holds it.
  static std::optional<ByteLock> try_now(const std::filesystem::path& path, std::int64_t byte);

 private:
  explicit ByteLock(const std::filesystem::path& path);
  /// False when another one holds it and `command` does not wait.
  bool set(const std::filesystem::path& path, std::int64_t byte, int command);

  FileDescriptor file_;
};

}  // namespace lidit
