#include "harness/executors/worker_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "results/errors.h"

namespace lidit {
namespace {

// More than any line of a worker: one that sends more is broken.
constexpr std::size_t kLongestLine = std::size_t{1} << 20;

[[noreturn]] void refuse(const char* what) {
  throw MachineError(
      fmt::format("cannot start a worker process ({}: {}); close other programs or "
                  "ask for fewer workers with --jobs",
                  what, std::strerror(errno)));
}

std::vector<std::string> worker_environment() {
  const std::array<std::string, 2> own = {"OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1"};
  std::vector<std::string> all(own.begin(), own.end());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    if (name != "OMP_NUM_THREADS=" && name != "MKL_NUM_THREADS=") all.emplace_back(text);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Between fork and exec: only calls that are safe after a fork in a process with threads.
[[noreturn]] void become_worker(pid_t parent, int socket, int errors, char* const* arguments,
                                char* const* environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before the line above
  std::signal(SIGINT, SIG_IGN);         // Ctrl-C goes to the whole group; the parent decides
  std::signal(SIGPIPE, SIG_DFL);
  dup2(socket, STDIN_FILENO);
  dup2(socket, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  execve(arguments[0], arguments, environment);
  constexpr std::string_view complaint = "the worker program cannot be run\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, complaint.data(), complaint.size());
  _exit(127);
}

std::array<FileDescriptor, 2> socket_pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) refuse("socketpair");
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

WorkerProcess::Lines receive(int fd, LineBuffer& buffer) {
  std::array<char, 4096> bytes;
  while (true) {
    const ssize_t count = recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count > 0) {
      buffer.append({bytes.data(), static_cast<std::size_t>(count)});
      if (buffer.size() <= kLongestLine) continue;
    }
    if (count < 0 && errno == EINTR) continue;
    const bool waiting = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    return {.lines = buffer.take_lines(), .closed = !waiting};
  }
}

}  // namespace

std::vector<std::string> LineBuffer::take_lines() {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = bytes_.find('\n'); end != std::string::npos;
       end = bytes_.find('\n', begin)) {
    lines.push_back(bytes_.substr(begin, end - begin));
    begin = end + 1;
  }
  bytes_.erase(0, begin);
  return lines;
}

WorkerProcess::WorkerProcess(const std::vector<std::string>& command) {
  std::vector<std::string> words = command, variables = worker_environment();
  const std::vector<char*> arguments = pointers(words), environment = pointers(variables);
  auto [messages, worker_messages] = socket_pair();
  auto [errors, worker_errors] = socket_pair();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    become_worker(parent, worker_messages.get(), worker_errors.get(), arguments.data(),
                  environment.data());
  }
  if (pid_ < 0) refuse("fork");
  messages_ = std::move(messages);
  errors_ = std::move(errors);
  exit_ = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
}

WorkerProcess::~WorkerProcess() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  wait();
}

bool WorkerProcess::send(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t count =
        ::send(messages_.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
  return true;
}

void WorkerProcess::finish_sending() { shutdown(messages_.get(), SHUT_WR); }

WorkerProcess::Lines WorkerProcess::read_messages() {
  return receive(messages_.get(), message_text_);
}

WorkerProcess::Lines WorkerProcess::read_errors() { return receive(errors_.get(), error_text_); }

void WorkerProcess::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

bool WorkerProcess::has_ended() const {
  siginfo_t state{};
  return waitid(P_PID, static_cast<id_t>(pid_), &state, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         state.si_pid != 0;
}

std::string WorkerProcess::wait() {
  for (int tries = 0; tries < 400 && !has_ended(); ++tries) poll(nullptr, 0, 5);
  signal(SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    return fmt::format("was killed by signal {} ({})", number, strsignal(number));
  }
  return fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace lidit
