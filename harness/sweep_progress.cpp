#include "harness/sweep_progress.h"

#include <fmt/format.h>

namespace lidit {

SweepProgress::SweepProgress(std::ostream& out, ProgressView view, std::span<const Task> tasks,
                             std::size_t cells)
    : tasks_(tasks), progress_(out, view, "cells", static_cast<std::int64_t>(tasks.size())) {
  if (cells > tasks.size()) {
    progress_.say(fmt::format("{} of {} cells have their record", cells - tasks.size(), cells));
  }
}

SweepProgress::~SweepProgress() { progress_.finish(); }

std::string SweepProgress::running_text() const {
  std::string text;
  for (const auto& [task, running] : running_) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", tasks_[task].name, running.text);
  }
  return text;
}

void SweepProgress::on_progress(std::size_t task, std::string_view work, std::int64_t done,
                                std::int64_t total) {
  const auto now = std::chrono::steady_clock::now();
  Running& running = running_[task];
  if (running.work != work) running = {std::string(work), now, ""};
  const double seconds = std::chrono::duration<double>(now - running.since).count();
  running.text = progress_text(work, done, total, seconds);
  progress_.update(ended_, running_text(), now);
}

void SweepProgress::on_end(std::size_t task, const Outcome& outcome) {
  running_.erase(task);
  if (outcome.end == TaskEnd::stopped) return;
  ++ended_;
  const std::string& name = tasks_[task].name;
  if (outcome.end == TaskEnd::failed) progress_.say(name + " failed: " + outcome.reason);
  progress_.update(ended_, running_text());
}

void SweepProgress::on_talk(std::size_t task, std::string_view line) {
  progress_.say(fmt::format("{}: {}", tasks_[task].name, line));
}

}  // namespace lidit
