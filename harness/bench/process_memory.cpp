#include "harness/bench/process_memory.h"

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace lidit {
namespace {

/// The number of kB behind "NAME:" in a file of /proc, in B.
std::optional<double> proc_value(const char* file, const std::string& name) {
  std::ifstream stream(file);
  for (std::string word; stream >> word;) {
    double value = 0;
    if (word == name + ":" && stream >> value) return value * 1024;
    stream.ignore(1 << 16, '\n');
  }
  return std::nullopt;
}

/// The number behind "NAME" in a file of a cgroup.
std::optional<double> stat_value(const char* file, const std::string& name) {
  std::ifstream stream(file);
  for (std::string word; stream >> word;) {
    double value = 0;
    if (stream >> value && word == name) return value;
  }
  return std::nullopt;
}

std::optional<double> number_in(const char* file) {
  std::ifstream stream(file);
  double value = 0;
  if (stream >> value) return value;
  return std::nullopt;  // not there, or "max"
}

}  // namespace

std::optional<double> available_memory() {
  std::optional<double> available = proc_value("/proc/meminfo", "MemAvailable");
  const auto limit = number_in("/sys/fs/cgroup/memory.max"),
             used = number_in("/sys/fs/cgroup/memory.current");
  if (limit && used) {  // pages of files count as used, but give way
    const double cached = stat_value("/sys/fs/cgroup/memory.stat", "inactive_file").value_or(0);
    available = std::min(available.value_or(*limit), *limit - (*used - cached));
  }
  return available;
}

std::optional<double> peak_growth(const std::function<void()>& work) {
  constexpr char kResetPeak[] = "5";  // proc(5): VmHWM becomes VmRSS
  malloc_trim(0);                     // what was freed before is not to be used again unseen
  bool reset = false;
  {
    std::ofstream stream("/proc/self/clear_refs");
    stream << kResetPeak;
    reset = static_cast<bool>(stream.flush());
  }
  const auto before = proc_value("/proc/self/status", "VmRSS");
  work();
  const auto peak = proc_value("/proc/self/status", "VmHWM");
  if (!reset || !before || !peak) return std::nullopt;
  return std::max(0.0, *peak - *before);
}

}  // namespace lidit
