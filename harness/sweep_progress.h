// What a person sees while cells run.
#pragma once
#include <chrono>
#include <map>
#include <ostream>
#include <span>
#include <string>

#include "harness/executors/execution.h"
#include "harness/terminal/progress.h"

namespace lidit {

/// A line of progress over all cells with each running cell's own steps, and a line for every cell
/// that ends.
class SweepProgress : public ExecutionObserver {
 public:
  /// `cells`: how many there are in all; those that are no task have their record already. `tasks`
  /// must outlive it.
  SweepProgress(std::ostream& out, ProgressView view, std::span<const Task> tasks,
                std::size_t cells);
  ~SweepProgress() override;
  void on_progress(std::size_t task, std::string_view work, std::int64_t done,
                   std::int64_t total) override;
  void on_end(std::size_t task, const Outcome& outcome) override;
  void on_talk(std::size_t task, std::string_view line) override;

 private:
  struct Running {
    std::string work;
    std::chrono::steady_clock::time_point since;
    std::string text;
  };
  std::string running_text() const;

  std::span<const Task> tasks_;
  Progress progress_;
  std::int64_t ended_ = 0;
  std::map<std::size_t, Running> running_;
};

}  // namespace lidit
