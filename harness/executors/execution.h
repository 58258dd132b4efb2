// What an executor is given and what it brings back. An executor knows nothing of experiments: a
// task is a name and plain values, and so is its result.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "results/fields.h"

namespace lidit {

struct Task {
  std::string name;  // as people are told: "raw-llm, seed 3"
  Fields fields;     // what the worker is to do
};

enum class TaskEnd {
  done,
  failed,   // it said so, or its worker died
  stopped,  // never begun, or ended by Ctrl-C
};

struct Outcome {
  TaskEnd end = TaskEnd::stopped;
  std::string reason{};  // of a failure: one line
  bool died = false;     // failed because the worker was killed or crashed, not by its own word
  Fields result{};       // what the worker found
};

/// Told of what happens, in the order in which it happens.
class ExecutionObserver {
 public:
  virtual ~ExecutionObserver() = default;
  /// `done` of `total` steps of what the worker calls `work`.
  virtual void on_progress(std::size_t task, std::string_view work, std::int64_t done,
                           std::int64_t total) = 0;
  virtual void on_end(std::size_t task, const Outcome& outcome) = 0;
  /// A line that the worker wrote to its standard error.
  virtual void on_talk(std::size_t task, std::string_view line) = 0;
};

}  // namespace lidit
