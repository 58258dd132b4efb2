#include "harness/executors/local_executor.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>

#include "harness/executors/messages.h"
#include "harness/executors/worker_process.h"

namespace lidit {
namespace {

using Clock = std::chrono::steady_clock;

struct Worker {
  std::unique_ptr<WorkerProcess> process;
  bool ready = false;
  std::optional<std::size_t> task{};  // what it works on
  std::string last_words{};           // its last line on standard error
};

// What a worker says.
struct Message {
  std::string event;
  std::string work{};  // of progress, as are the two numbers
  std::int64_t done = 0, total = 0;
  Outcome outcome{};  // of an event that ends a task
};

// Nothing for a line that is no message.
std::optional<Message> read_message(const std::string& line) try {
  Fields fields = fields_from_json(line, "a worker's message");
  Message said{.event = get<std::string>(fields, message::kEvent)};
  if (said.event == message::kProgress) {
    said.work = get<std::string>(fields, message::kWork);
    said.done = get<std::int64_t>(fields, message::kDone);
    said.total = get<std::int64_t>(fields, message::kTotal);
  } else if (said.event == message::kFailed) {
    said.outcome = {.end = TaskEnd::failed, .reason = get<std::string>(fields, message::kReason)};
  } else if (said.event == message::kDone) {
    fields.erase(std::string(message::kEvent));
    said.outcome = {.end = TaskEnd::done, .result = std::move(fields)};
  } else if (said.event != message::kReady) {
    return std::nullopt;
  }
  return said;
} catch (const UserError&) {
  return std::nullopt;
}

class Run {
 public:
  Run(const LocalExecutor& executor, std::span<const Task> tasks, const InterruptWatch& interrupts,
      ExecutionObserver& observer)
      : executor_(executor),
        tasks_(tasks),
        interrupts_(interrupts),
        observer_(observer),
        outcomes_(tasks.size()) {}

  std::vector<Outcome> operator()() {
    const auto wanted = std::min<std::size_t>(std::max(executor_.workers, 1), tasks_.size());
    for (std::size_t i = 0; i < wanted; ++i) start_worker();
    while (!workers_.empty()) {
      wait_for_news();
      if (interrupts_.requested()) stop_workers();
      // Listening may replace workers: go by index over those that are there now.
      for (std::size_t i = workers_.size(); i-- > 0;) listen(i);
    }
    return std::move(outcomes_);
  }

 private:
  void start_worker() {
    workers_.push_back({.process = std::make_unique<WorkerProcess>(executor_.worker_command)});
  }

  void wait_for_news() {
    std::vector<pollfd> events = {{interrupts_.fd(), POLLIN, 0}};
    if (stopping_since_) events.clear();  // its news is known
    for (const Worker& worker : workers_) {
      events.push_back({worker.process->messages(), POLLIN, 0});
      events.push_back({worker.process->errors(), POLLIN, 0});
      events.push_back({worker.process->exit(), POLLIN, 0});
    }
    const int milliseconds = stopping_since_ ? 50 : -1;
    poll(events.data(), events.size(), milliseconds);
  }

  void stop_workers() {
    const bool first = !stopping_since_;
    if (first) stopping_since_ = Clock::now();
    const bool late = Clock::now() - *stopping_since_ > executor_.grace;
    if (!first && !late) return;
    for (const Worker& worker : workers_) worker.process->signal(late ? SIGKILL : SIGTERM);
  }

  void listen(std::size_t index) {
    const bool ended = workers_[index].process->has_ended();  // before its last lines are read
    const WorkerProcess::Lines news = workers_[index].process->read_messages();
    hear_errors(workers_[index]);  // all that was said before these messages, too
    for (const std::string& line : news.lines) {
      if (hear(workers_[index], line)) continue;
      workers_[index].process->signal(SIGKILL);
      workers_[index].last_words = "after the line '" + line + "', which is no message";
      return bury(index);
    }
    if (ended || news.closed) bury(index);
  }

  void hear_errors(Worker& worker) {
    for (const std::string& line : worker.process->read_errors().lines) {
      worker.last_words = line;
      if (worker.task) observer_.on_talk(*worker.task, line);
    }
  }

  // False for a line that is no message, or none that is due now.
  bool hear(Worker& worker, const std::string& line) {
    std::optional<Message> said = read_message(line);
    if (!said) return false;
    if (said->event == message::kReady) {
      if (std::exchange(worker.ready, true)) return false;
      give_task(worker);
      return true;
    }
    if (!worker.task) return false;
    if (said->event == message::kProgress) {
      observer_.on_progress(*worker.task, said->work, said->done, said->total);
      return true;
    }
    end_task(worker, std::move(said->outcome));
    give_task(worker);
    return true;
  }

  void give_task(Worker& worker) {
    if (stopping_since_ || next_ == tasks_.size()) {
      worker.process->finish_sending();  // it ends by itself
      return;
    }
    const Task& task = tasks_[next_];
    worker.task = next_++;
    worker.last_words.clear();  // what it said of an earlier task is not why this one fails
    Fields fields = task.fields;
    fields.insert_or_assign(std::string(message::kTask), task.name);
    worker.process->send(to_json(fields));  // a worker that is gone shows as the end of its lines
  }

  void end_task(Worker& worker, Outcome outcome) {
    const std::size_t task = *std::exchange(worker.task, std::nullopt);
    outcomes_[task] = std::move(outcome);
    observer_.on_end(task, outcomes_[task]);
  }

  void bury(std::size_t index) {
    Worker worker = std::move(workers_[index]);
    workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(index));
    std::string reason = worker.process->wait();
    hear_errors(worker);
    if (!worker.last_words.empty()) reason += ": " + worker.last_words;
    if (stopping_since_) {
      if (worker.task) end_task(worker, {});
      return;
    }
    if (!worker.ready) {  // short of memory, perhaps: the others go on
      if (workers_.empty())
        throw MachineError("a worker process " + reason + " before it was ready");
      return;
    }
    if (worker.task) {
      end_task(worker, {.end = TaskEnd::failed, .reason = "its process " + reason, .died = true});
    }
    if (next_ < tasks_.size()) start_worker();
  }

  const LocalExecutor& executor_;
  std::span<const Task> tasks_;
  const InterruptWatch& interrupts_;
  ExecutionObserver& observer_;
  std::vector<Outcome> outcomes_;
  std::vector<Worker> workers_;
  std::size_t next_ = 0;  // the first task that nobody has begun
  std::optional<Clock::time_point> stopping_since_;
};

}  // namespace

std::vector<Outcome> LocalExecutor::run(std::span<const Task> tasks,
                                        const InterruptWatch& interrupts,
                                        ExecutionObserver& observer) const {
  return Run(*this, tasks, interrupts, observer)();
}

}  // namespace lidit
