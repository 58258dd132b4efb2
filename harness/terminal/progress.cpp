#include "harness/terminal/progress.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "harness/terminal/terminal.h"

namespace lidit {
namespace {

std::string rate_text(double rate) {
  if (rate >= 1) return fmt::format("{:.{}f}/s", rate, rate < 100 ? 1 : 0);
  if (rate * 60 >= 1) return fmt::format("{:.1f}/min", rate * 60);
  return fmt::format("{:.1f}/h", rate * 3600);
}

}  // namespace

std::string duration_text(double seconds) {
  const auto total = static_cast<std::int64_t>(std::ceil(seconds));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} min", total / 3600, total / 60 % 60);
}

std::string progress_text(std::string_view work, std::int64_t done, std::int64_t total,
                          double seconds) {
  std::string text = fmt::format("{} {}/{}", work, done, total);
  if (done <= 0 || !(seconds > 0)) return text;
  const double rate = static_cast<double>(done) / seconds;
  text += ", " + rate_text(rate);
  if (done >= total) return text + ", " + duration_text(seconds);
  return text + ", " + duration_text(static_cast<double>(total - done) / rate) + " left";
}

ProgressView progress_view(int fd) {
  using namespace std::chrono_literals;
  if (!is_terminal(fd)) return {.rewrites = false, .columns = 80, .interval = 30s};
  return {.rewrites = true, .columns = terminal_columns(fd), .interval = 100ms};
}

Progress::Progress(std::ostream& out, ProgressView view, std::string work, std::int64_t total,
                   Clock::time_point start)
    : out_(out), view_(view), work_(std::move(work)), total_(total), start_(start), shown_(start) {}

void Progress::update(std::int64_t done, std::string_view detail, Clock::time_point now) {
  if (finished_ || (now - shown_ < view_.interval && done < total_)) return;
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::string text = progress_text(work_, done, total_, seconds);
  if (!detail.empty()) text += " | " + std::string(detail);
  draw(text);
}

void Progress::draw(std::string_view text) {
  if (!view_.rewrites) {
    out_ << text << std::endl;
    return;
  }
  // One column less than the terminal has: the last one would wrap. The texts are ASCII.
  line_ = text.substr(0, static_cast<std::size_t>(std::max(view_.columns - 1, 1)));
  out_ << "\r\x1b[K" << line_ << std::flush;
}

void Progress::say(std::string_view line) {
  if (line_.empty()) {
    out_ << line << std::endl;
  } else {
    out_ << "\r\x1b[K" << line << "\n" << line_ << std::flush;
  }
}

void Progress::finish() {
  if (!line_.empty()) out_ << std::endl;
  line_.clear();
  finished_ = true;
}

}  // namespace lidit
