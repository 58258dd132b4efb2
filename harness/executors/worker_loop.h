// The worker's side of executors/messages.h.
#pragma once
#include <functional>
#include <istream>
#include <ostream>
#include <string_view>

#include "results/fields.h"

namespace lidit {

/// Where a task tells how far it is. Throws Stopped when the executor has asked to stop.
using TellProgress =
    std::function<void(std::string_view work, std::int64_t done, std::int64_t total)>;
/// Does one task; what it throws is the reason of a failure.
using DoTask = std::function<Fields(const Fields& task, const TellProgress& tell)>;

/// Thrown through a task that is to be given up; no failure.
struct Stopped {};

/// Announces itself, then does one task after the other until `in` ends or SIGTERM comes.
void serve_tasks(std::istream& in, std::ostream& out, const DoTask& do_task);

}  // namespace lidit
