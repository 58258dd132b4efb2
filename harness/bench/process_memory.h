// What this process and this machine have of memory, as Linux says it.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>

namespace lidit {

/// MemAvailable, or what a control group leaves where that is less; nothing where neither can be
/// read.
std::optional<double> available_memory();

/// The most that `work` had in memory beyond what was there before, in B: VmHWM, set back before,
/// less VmRSS before. Nothing where the system lets nobody set it back.
std::optional<double> peak_growth(const std::function<void()>& work);

}  // namespace lidit
