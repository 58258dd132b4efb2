#include "results/files.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

namespace lidit {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMark = ".tmp-";
constexpr std::size_t kPiece = 1 << 20;

/// Where a process number means something: a host and one process namespace of it (containers that
/// share a folder may share the host's name too).
std::string machine_name() {
  std::array<char, 256> host{};
  struct stat space {};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {"host"};
  ::stat("/proc/self/ns/pid", &space);
  return fmt::format("{}.{}", host.data(), space.st_ino);
}

/// fsync of a file or a folder. Some file systems know no fsync of folders (EINVAL): their renames
/// are as safe as they can be.
void flush(const fs::path& path) {
  const FileDescriptor file(path, O_RDONLY);
  if (file.get() < 0 || (::fsync(file.get()) != 0 && errno != EINVAL))
    throw_system_error("cannot flush", path, errno);
}

/// The process in a temporary name of this machine, or 0.
pid_t owner_of(const fs::path& temporary) {
  const std::string name = temporary.filename();
  const std::size_t number = name.rfind('-');
  if (number == name.npos || number == 0) return 0;
  const std::size_t pid = name.rfind('-', number - 1);
  if (pid == name.npos || !name.substr(0, pid).ends_with("-" + machine_name())) return 0;
  pid_t owner = 0;
  const auto [end, error] = std::from_chars(&name[pid + 1], &name[number], owner);
  return error == std::errc() && end == &name[number] ? owner : 0;
}

[[noreturn]] void throw_unreadable(const fs::path& path, int error) {
  throw FileError(fmt::format("cannot read {}: {}", path.string(), std::strerror(error)));
}

}  // namespace

void throw_system_error(std::string_view action, const fs::path& path, int error) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG)
    throw MachineError(fmt::format("{} {}: no space is left there; free some, then run again",
                                   action, path.string()));
  const std::string sentence =
      fmt::format("{} {}: {}", action, path.string(), std::strerror(error));
  if (error == EIO || error == EMFILE || error == ENFILE || error == ENOMEM)
    throw MachineError(sentence);
  throw UserError(sentence);
}

fs::path temporary_beside(const fs::path& path) {
  static std::atomic<std::uint64_t> count = 0;
  return path.parent_path() / fmt::format("{}{}-{}-{}-{}", kMark, path.filename().string(),
                                          machine_name(), ::getpid(), count++);
}

bool is_temporary(const fs::path& path) { return path.filename().string().starts_with(kMark); }

void remove_leftovers(const fs::path& folder) {
  std::error_code ignored;  // another process may be removing the same leftovers
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!is_temporary(entry.path())) continue;
    const pid_t owner = owner_of(entry.path());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

FileWriter::FileWriter(fs::path path)
    : path_(std::move(path)),
      temporary_(temporary_beside(path_)),
      file_(temporary_, O_WRONLY | O_CREAT | O_EXCL) {
  if (file_.get() < 0) throw_system_error("cannot write", path_, errno);
}

FileWriter::~FileWriter() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void FileWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_system_error("cannot write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void FileWriter::commit() {
  if (::fsync(file_.get()) != 0) throw_system_error("cannot write", path_, errno);
  if (::close(file_.release()) != 0) throw_system_error("cannot write", path_, errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0)
    throw_system_error("cannot write", path_, errno);
  temporary_.clear();
  flush(path_.has_parent_path() ? path_.parent_path() : ".");
}

void write_file(const fs::path& path, std::string_view bytes) {
  FileWriter writer(path);
  writer.write(bytes);
  writer.commit();
}

void read_in_pieces(const fs::path& path, const std::function<void(std::string_view)>& take) {
  const FileDescriptor file(path, O_RDONLY);
  if (file.get() < 0) throw_unreadable(path, errno);
  std::vector<char> piece(kPiece);
  while (true) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_unreadable(path, errno);
    if (count == 0) return;
    take({piece.data(), static_cast<std::size_t>(count)});
  }
}

std::string read_file(const fs::path& path, std::uint64_t limit) {
  std::string bytes;
  read_in_pieces(path, [&](std::string_view piece) {
    if (piece.size() > limit - bytes.size())
      throw FileError(fmt::format("{} is longer than {} bytes", path.string(), limit));
    bytes += piece;
  });
  return bytes;
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_system_error("cannot make the folder", folder, error.value());
}

void flush_folder(const fs::path& folder, Flush what) {
  if (what == Flush::everything_below)
    for (const auto& entry : fs::recursive_directory_iterator(folder)) flush(entry.path());
  flush(folder);
}

}  // namespace lidit
