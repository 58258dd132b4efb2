#include "metrics/external/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "results/file_descriptor.h"

namespace lidit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kErrorsKept = std::size_t{1} << 16;
constexpr int kPatience = 100;  // milliseconds between two looks at everything

[[noreturn]] void refuse(const char* what, int error) {
  throw MachineError(fmt::format("cannot start a command ({}: {}); close other programs", what,
                                 std::strerror(error)));
}

struct Pipe {
  FileDescriptor read, write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) refuse("pipe", errno);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

/// What posix_spawn is told: streams, signals as in a fresh shell, and a process group of its own.
class SpawnSettings {
 public:
  SpawnSettings(int out, int errors) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (const int number : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&usual, number);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

/// A child and all that it starts; nothing of it is left when this is gone.
class ProcessGroup {
 public:
  explicit ProcessGroup(pid_t leader) : leader_(leader) {}
  ~ProcessGroup() { end(); }
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  bool has_ended() const {
    siginfo_t state{};
    return waitid(P_PID, static_cast<id_t>(leader_), &state, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           state.si_pid != 0;
  }
  /// Kills whatever lives and gives the leader's status; killed before it is reaped, so that its
  /// number is nobody else's.
  int end() {
    if (leader_ <= 0) return status_;
    kill(-leader_, SIGKILL);
    while (waitpid(leader_, &status_, 0) < 0 && errno == EINTR) {
    }
    leader_ = -1;
    return status_;
  }

 private:
  pid_t leader_;
  int status_ = 0;
};

/// Moves what has arrived into `text`; false at the end of the stream.
bool drain(int fd, std::string& text, std::size_t at_most) {
  std::array<char, 1 << 16> bytes;
  while (text.size() <= at_most) {
    const ssize_t count = read(fd, bytes.data(), bytes.size());
    if (count > 0) text.append(bytes.data(), static_cast<std::size_t>(count));
    if (count == 0) return false;
    if (count < 0 && errno != EINTR) return errno == EAGAIN || errno == EWOULDBLOCK;
  }
  return true;
}

std::string describe_status(int status) {
  if (WIFSIGNALED(status))
    return fmt::format("was killed by signal {} ({})", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("ended with status {}", WEXITSTATUS(status));
}

/// Listens to a command until it ends or passes a limit.
class Listener {
 public:
  Listener(int out, int errors, const CommandLimits& limits) : limits_(limits), fds_{out, errors} {
    for (const int fd : fds_) fcntl(fd, F_SETFL, O_NONBLOCK);
  }

  CommandEnd listen(ProcessGroup& group, const std::function<void()>& while_waiting) {
    CommandEnd end;
    const auto until = Clock::now() + limits_.time;
    while (end.failure.empty()) {
      const bool over = group.has_ended();  // before its last words are read
      hear(end);
      if (end.out.size() > limits_.output)
        end.failure = fmt::format("printed more than {} bytes", limits_.output);
      if (over || !end.failure.empty()) break;
      if (Clock::now() >= until)
        end.failure = fmt::format("took longer than {:g} s",
                                  std::chrono::duration<double>(limits_.time).count());
      while_waiting();
    }
    const std::string status = describe_status(group.end());
    if (end.failure.empty()) end.failure = status;
    return end;
  }

 private:
  void hear(CommandEnd& end) {
    std::array<pollfd, 2> events = {
        {{open_[0] ? fds_[0] : -1, POLLIN, 0}, {open_[1] ? fds_[1] : -1, POLLIN, 0}}};
    poll(events.data(), events.size(), kPatience);
    if (open_[0]) open_[0] = drain(fds_[0], end.out, limits_.output);
    if (open_[1]) open_[1] = drain(fds_[1], end.errors, 4 * kErrorsKept);
    if (end.errors.size() > kErrorsKept) end.errors.erase(0, end.errors.size() - kErrorsKept);
  }

  CommandLimits limits_;
  std::array<int, 2> fds_;
  std::array<bool, 2> open_{true, true};
};

}  // namespace

CommandEnd run_command(const std::vector<std::string>& words, const CommandLimits& limits,
                       const std::function<void()>& while_waiting) {
  if (words.empty()) throw std::logic_error("a command without a word");
  std::vector<std::string> texts = words;
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  Pipe out = make_pipe(), errors = make_pipe();
  pid_t leader = -1;
  {
    const SpawnSettings settings(out.write.get(), errors.write.get());
    const int error = posix_spawnp(&leader, arguments[0], &settings.actions, &settings.attributes,
                                   arguments.data(), environ);
    if (error == EAGAIN || error == ENOMEM) refuse("spawn", error);
    if (error != 0) return {.failure = fmt::format("cannot be run ({})", std::strerror(error))};
  }
  ProcessGroup group(leader);
  out.write = FileDescriptor();
  errors.write = FileDescriptor();
  return Listener(out.read.get(), errors.read.get(), limits).listen(group, while_waiting);
}

}  // namespace lidit
