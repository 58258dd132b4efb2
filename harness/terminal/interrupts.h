// Ctrl-C and SIGTERM as a request to stop, and a second one as an order.
#pragma once
#include <initializer_list>
#include <vector>

namespace lidit {

/// While it lives, the first of `signals` makes `requested()` true and `fd()` readable; the second
/// ends the process at once with exit_interrupted. One at a time in a process.
class InterruptWatch {
 public:
  explicit InterruptWatch(std::initializer_list<int> signals);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  bool requested() const;
  int fd() const;  // for poll()

 private:
  std::vector<int> signals_;
};

}  // namespace lidit
