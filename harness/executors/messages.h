// The lines between the local executor and its workers: one flat JSON object each.
//   worker -> executor   {"event": "ready"}
//   executor -> worker   {"task": NAME, ...fields}
//   worker -> executor   {"event": "progress", "work": W, "done": N, "total": N}   any number
//   worker -> executor   {"event": "done", ...result} or {"event": "failed", "reason": R}
// A worker that is told to stop by SIGTERM ends; one whose input ends has nothing more to do.
#pragma once
#include <string_view>

namespace lidit::message {

inline constexpr std::string_view kEvent = "event", kReady = "ready", kProgress = "progress",
                                  kDone = "done", kFailed = "failed", kTask = "task",
                                  kReason = "reason", kWork = "work", kTotal = "total";

}  // namespace lidit::message
