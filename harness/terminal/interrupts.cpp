#include "harness/terminal/interrupts.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <system_error>

#include "harness/exit_code.h"

namespace lidit {
namespace {

// A signal handler can reach nothing but what is static.
std::atomic<int> requests{0};
std::atomic<int> event{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int) {
  if (requests.fetch_add(1) > 0) _exit(exit_interrupted);
  const int saved = errno;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(event.load(), &one, sizeof one);
  errno = saved;
}

}  // namespace

InterruptWatch::InterruptWatch(std::initializer_list<int> signals) : signals_(signals) {
  if (event.load() >= 0) throw std::logic_error("a second InterruptWatch in one process");
  const int created = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (created < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  requests = 0;
  event = created;
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int number : signals_) sigaction(number, &action, nullptr);
}

InterruptWatch::~InterruptWatch() {
  for (const int number : signals_) std::signal(number, SIG_DFL);
  close(event.exchange(-1));
}

bool InterruptWatch::requested() const { return requests.load() > 0; }
int InterruptWatch::fd() const { return event.load(); }

}  // namespace lidit
