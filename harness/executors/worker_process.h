// One long-lived worker process: a socket that carries lines of text, and its standard error.
#pragma once
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "results/file_descriptor.h"

namespace lidit {

/// Bytes into lines.
class LineBuffer {
 public:
  void append(std::string_view bytes) { bytes_.append(bytes); }
  /// The complete lines so far, without their ends.
  std::vector<std::string> take_lines();
  std::size_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
};

class WorkerProcess {
 public:
  /// Runs `command` (a path and its arguments) with one thread (OMP_NUM_THREADS, MKL_NUM_THREADS),
  /// the socket as its standard input and output, deaf to Ctrl-C, and killed when this process
  /// dies. Throws MachineError when no process can be made; a command that does not exist shows as
  /// a worker that ends with status 127.
  explicit WorkerProcess(const std::vector<std::string>& command);
  /// Kills it if it is alive.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  int messages() const { return messages_.get(); }
  int errors() const { return errors_.get(); }
  int exit() const { return exit_.get(); }  // readable once it has ended
  pid_t pid() const { return pid_; }
  /// False when the worker no longer listens.
  bool send(std::string_view line);
  /// The worker sees the end of its input.
  void finish_sending();
  /// Whether its process is gone, although a child of its own may still hold its streams.
  bool has_ended() const;
  struct Lines {
    std::vector<std::string> lines;
    bool closed = false;  // nothing will follow
  };
  /// What has arrived, without waiting. A line beyond 1 MiB closes.
  Lines read_messages();
  Lines read_errors();
  void signal(int number) const;
  /// Waits for its end, killing it after two seconds: "was killed by signal 9 (Killed)",
  /// "ended with status 1".
  std::string wait();

 private:
  pid_t pid_ = -1;
  FileDescriptor messages_, errors_, exit_;
  LineBuffer message_text_, error_text_;
};

}  // namespace lidit
