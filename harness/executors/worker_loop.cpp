#include "harness/executors/worker_loop.h"

#include <chrono>
#include <csignal>
#include <string>

#include "harness/executors/messages.h"
#include "harness/failure.h"
#include "harness/terminal/interrupts.h"

namespace lidit {
namespace {

using namespace std::chrono_literals;

void send(std::ostream& out, std::string_view event, Fields fields) {
  fields.insert_or_assign(std::string(message::kEvent), std::string(event));
  out << to_json(fields) << std::endl;
}

}  // namespace

void serve_tasks(std::istream& in, std::ostream& out, const DoTask& do_task) {
  const InterruptWatch interrupts({SIGTERM});
  auto told = std::chrono::steady_clock::time_point();
  const TellProgress tell = [&](std::string_view work, std::int64_t done, std::int64_t total) {
    if (interrupts.requested()) throw Stopped();
    const auto now = std::chrono::steady_clock::now();
    if (now - told < 100ms && done < total) return;
    told = now;
    send(out, message::kProgress,
         {{std::string(message::kWork), std::string(work)},
          {std::string(message::kDone), done},
          {std::string(message::kTotal), total}});
  };
  send(out, message::kReady, {});
  std::string line;
  while (!interrupts.requested() && std::getline(in, line)) {
    try {
      send(out, message::kDone, do_task(fields_from_json(line, "the executor's message"), tell));
    } catch (const Stopped&) {
      return;
    } catch (...) {
      const Failure failure = describe_failure(std::current_exception());
      send(out, message::kFailed, {{std::string(message::kReason), failure.sentence}});
    }
  }
}

}  // namespace lidit
