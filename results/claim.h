// Who computes a cell right now: an exclusive lock file with its owner and a heartbeat.
#pragma once
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "results/file_descriptor.h"

namespace lidit {

/// A claim that has not been touched for this long is stale, wherever its owner lives.
inline constexpr std::chrono::seconds kClaimPatience{600};

/// Holds a lock file while it lives. A thread of its own touches the file every `kClaimPatience` /
/// 20, so that a cell may take any time. The file goes with the object; when the process dies,
/// others take it over: at once on the same machine, after kClaimPatience elsewhere.
class Claim {
 public:
  /// The claim on `path`, or nothing while a live process holds it. UserError or MachineError when
  /// the lock file cannot be written.
  static std::unique_ptr<Claim> take(const std::filesystem::path& path);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  Claim(std::filesystem::path path, FileDescriptor file);
  void beat(std::stop_token stop);

  std::filesystem::path path_;
  FileDescriptor file_;  // the lock file, which another process may have taken over meanwhile
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread heart_;
};

}  // namespace lidit
