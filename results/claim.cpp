#include "results/claim.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <utility>

#include "results/files.h"

namespace lidit {
namespace fs = std::filesystem;
namespace {

/// Enough to tell whether a process still lives: process numbers are reused, so its start counts
/// too, and they mean something only in one run of one kernel and one process namespace.
struct Owner {
  std::string host, boot, space, pid, start;
};

std::string first_word(const fs::path& path) {
  std::string word;
  std::ifstream(path) >> word;
  return word.empty() ? "-" : word;
}

/// When the process started, in ticks since boot; empty when there is no such process, or only a
/// zombie: one that has ended and that nobody has waited for, which in a container may be for long.
std::string start_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line;
  if (!std::getline(file, line)) return "";
  std::istringstream fields(line.substr(line.rfind(')') + 1));  // a name may hold anything
  std::string state, field;
  fields >> state;
  if (state == "Z") return "";
  for (int i = 4; i <= 22; ++i) fields >> field;
  return field;
}

Owner this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::error_code error;
  const fs::path space = fs::read_symlink("/proc/self/ns/pid", error);
  const std::string pid = std::to_string(::getpid());
  return {host.data(), first_word("/proc/sys/kernel/random/boot_id"),
          space.empty() ? "-" : space.string(), pid, start_of(pid)};
}

bool is_dead(const fs::path& claim) {
  Owner owner;
  std::ifstream file(claim);
  if (!(file >> owner.host >> owner.boot >> owner.space >> owner.pid >> owner.start)) return false;
  const Owner self = this_process();
  if (owner.host != self.host) return false;  // only its heartbeat can tell
  if (owner.boot != self.boot) return true;   // the machine was started anew
  if (owner.space != self.space) return false;
  return start_of(owner.pid) != owner.start;
}

/// Whether nobody stands behind the claim any more. `now` is the file system's own clock, because
/// clocks of machines that share a file system differ.
bool is_stale(const fs::path& claim, const timespec& now) {
  struct stat status;
  if (::stat(claim.c_str(), &status) != 0) return false;
  return now.tv_sec - status.st_mtim.tv_sec > kClaimPatience.count() || is_dead(claim);
}

/// Only one process at a time removes or replaces claims of a folder.
class TakeoverLock {
 public:
  explicit TakeoverLock(const fs::path& folder) : file_(folder / ".claims.lock", O_RDWR | O_CREAT) {
    if (file_.get() >= 0) ::flock(file_.get(), LOCK_EX);
  }

 private:
  FileDescriptor file_;
};

/// A file with this process's name, under a name of its own until it is linked to that of the
/// claim.
class Ticket {
 public:
  explicit Ticket(const fs::path& claim)
      : path_(temporary_beside(claim)), file_(path_, O_RDWR | O_CREAT | O_EXCL) {
    const Owner self = this_process();
    const std::string text =
        fmt::format("{} {} {} {} {}\n", self.host, self.boot, self.space, self.pid, self.start);
    if (file_.get() < 0 ||
        ::write(file_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      throw_system_error("cannot write", claim, errno);
  }
  ~Ticket() { ::unlink(path_.c_str()); }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  /// Whether the claim is now this file. False when there is another.
  bool link_to(const fs::path& claim) const {
    if (::link(path_.c_str(), claim.c_str()) == 0) return true;
    if (errno == EEXIST) return false;
    throw_system_error("cannot write", claim, errno);
  }
  timespec written_at() const {
    struct stat status {};
    ::fstat(file_.get(), &status);
    return status.st_mtim;
  }
  FileDescriptor release() { return std::move(file_); }

 private:
  fs::path path_;
  FileDescriptor file_;
};

}  // namespace

std::unique_ptr<Claim> Claim::take(const fs::path& path) {
  Ticket ticket(path);
  bool mine = ticket.link_to(path);
  if (!mine && is_stale(path, ticket.written_at())) {
    const TakeoverLock lock(path.parent_path());
    if (is_stale(path, ticket.written_at())) {  // nobody was faster
      ::unlink(path.c_str());
      mine = ticket.link_to(path);
    }
  }
  if (!mine) return nullptr;
  return std::unique_ptr<Claim>(new Claim(path, ticket.release()));
}

Claim::Claim(fs::path path, FileDescriptor file)
    : path_(std::move(path)),
      file_(std::move(file)),
      heart_([this](std::stop_token stop) { beat(std::move(stop)); }) {}

Claim::~Claim() {
  heart_.request_stop();
  heart_.join();
  const TakeoverLock lock(path_.parent_path());
  struct stat mine {
  }, there{};
  if (::fstat(file_.get(), &mine) == 0 && ::stat(path_.c_str(), &there) == 0 &&
      mine.st_ino == there.st_ino && mine.st_dev == there.st_dev)
    ::unlink(path_.c_str());
}

void Claim::beat(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, kClaimPatience / 20, [&] { return stop.stop_requested(); }))
    ::futimens(file_.get(), nullptr);
}

}  // namespace lidit
