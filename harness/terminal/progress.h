// Progress of long work: done/total, rate, time left. One line that is rewritten on a terminal,
// plain lines at intervals elsewhere.
#pragma once
#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace lidit {

/// "training 120/600, 31.2/s, 16 s left"; rate and time left once something is done.
std::string progress_text(std::string_view work, std::int64_t done, std::int64_t total,
                          double seconds);
/// "8 s", "3 min 20 s", "2 h 05 min".
std::string duration_text(double seconds);

struct ProgressView {
  bool rewrites = false;                 // a terminal: one line, rewritten
  int columns = 80;                      // of that terminal
  std::chrono::milliseconds interval{};  // least time between two lines
};
/// For stream `fd`: every 0.1 s on a terminal, every 30 s elsewhere.
ProgressView progress_view(int fd);

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  Progress(std::ostream& out, ProgressView view, std::string work, std::int64_t total,
           Clock::time_point start = Clock::now());
  /// `done` of total; `detail` is appended. Shown when the interval has passed or all is done.
  void update(std::int64_t done, std::string_view detail = {},
              Clock::time_point now = Clock::now());
  /// A line of its own, above the progress line.
  void say(std::string_view line);
  /// Leaves the last state on the screen; nothing more is shown.
  void finish();

 private:
  void draw(std::string_view text);

  std::ostream& out_;
  ProgressView view_;
  std::string work_;
  std::int64_t total_;
  Clock::time_point start_, shown_;
  std::string line_;  // what stands on the terminal's line now
  bool finished_ = false;
};

}  // namespace lidit
